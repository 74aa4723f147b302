import { amber, box, clock, dot, green, hair, ink, line, pale, path, picture, red, scale, text, water } from './svg.js'

const minute = 60_000
/** The mote whose readings are drawn. */
const mote = 1

const resultsOf = (steps, name) =>
  steps.flatMap(({ arrived, results }) => results.filter(r => r.result === name && r.mote === mote).map(r => ({ ...r, arrived })))

/** Arrival against event time, the watermark below, and the moment in which each window closed. */
export function watermarkDrawing({ startsAt, steps }) {
  const width = 760
  const height = 430
  const end = startsAt + 6.5 * minute
  const x = scale([startsAt, end], [74, width - 24])
  const y = scale([startsAt - 15_000, end], [height - 46, 40])
  const seen = steps.filter(step => step.arrived <= end)
  const own = seen.filter(step => step.mote === mote)
  const minutes = []
  for (let at = Math.ceil(startsAt / minute) * minute; at < end; at += minute) minutes.push(at)
  const risen = seen.filter(step => Number.isFinite(step.watermark))
  const steppedLine = risen.flatMap(({ arrived, watermark }, i) => [
    ...(i > 0 ? [[x(arrived), y(risen[i - 1].watermark)]] : []),
    [x(arrived), y(watermark)],
  ])
  const closed = resultsOf(seen, 'minutes').filter(({ window_end }) => window_end <= end)
  const late = own.find(step => step.isLate)
  const missed = Math.floor(late.eventTime / minute) * minute + minute
  return picture(width, height, 'Event time against arrival, with the watermark', [
    text(14, 24, 'event time', { fill: pale, size: 12 }),
    text(width - 24, height - 12, 'time of arrival', { fill: pale, anchor: 'end', size: 12 }),
    minutes.map(at => [
      line(74, y(at), width - 24, y(at), hair, { dash: '3 3' }),
      text(66, y(at) + 4, clock(at), { fill: pale, anchor: 'end', size: 12 }),
      text(x(at), height - 28, clock(at), { fill: pale, anchor: 'middle', size: 12 }),
    ]),
    path(steppedLine, amber, 1.5),
    own.map(step => dot(x(step.arrived), y(step.eventTime), step.isLate ? red : water, step.isLate ? 5 : 2.6)),
    closed.map(({ arrived, window_end, n }) => [
      box(x(arrived) - 4, y(window_end) - 4, 8, 8, green, { round: 1 }),
      x(arrived) < width - 150 ? text(x(arrived) + 9, y(window_end) + 15, `closed: ${n} readings`, { fill: green, size: 12 }) : [],
    ]),
    line(x(late.arrived), y(late.eventTime), x(late.arrived), y(late.watermarkBefore), red, { dash: '4 3' }),
    text(x(late.arrived), y(late.eventTime) + 22, `late: its window ended ${clock(missed)},`, { fill: red, anchor: 'middle', size: 12 }),
    text(x(late.arrived), y(late.eventTime) + 38, `the watermark is at ${clock(late.watermarkBefore, true)}`, {
      fill: red,
      anchor: 'middle',
      size: 12,
    }),
    dot(96, 60, water),
    text(106, 64, `a reading of mote ${mote}`, { size: 12 }),
    line(90, 80, 102, 80, amber, { width: 2 }),
    text(106, 84, 'watermark: newest event time − 10 s', { size: 12 }),
  ])
}

/** One window, the reading that it missed, and what allowed lateness makes of it. */
export function lateDrawing({ steps }) {
  const width = 760
  const height = 300
  const late = steps.find(step => step.isLate && step.mote === mote)
  const from = Math.floor(late.eventTime / minute) * minute
  const to = from + minute
  const x = scale([from - 10_000, late.arrived + 20_000], [24, width - 24])
  const [strict] = resultsOf(steps, 'minutes').filter(r => r.window_start === from)
  const lenient = resultsOf(steps, 'lenient').filter(r => r.window_start === from)
  const inside = steps.filter(step => step.mote === mote && !step.isLate && step.eventTime >= from && step.eventTime < to)
  const shown = value => `mean ${value.mean.toFixed(4)} °C of ${value.n}`
  const revised = lenient.find(r => r.revision === 1)
  const by = Math.round((late.watermarkBefore + 1 - to) / 1000)
  return picture(width, height, 'A late reading and what becomes of it', [
    text(24, 30, `Mote ${mote}, the minute ${clock(from)} to ${clock(to)}`, { weight: 600, size: 15 }),
    box(x(from), 52, x(to) - x(from), 44, water, { opacity: 0.14 }),
    inside.map(step => dot(x(step.eventTime), 74, water)),
    line(x(strict.arrived), 46, x(strict.arrived), 262, green, { dash: '3 3' }),
    text(x(strict.arrived) + 6, 62, `${clock(strict.arrived, true)} closes`, { fill: green, size: 12 }),
    dot(x(late.eventTime), 74, red, 5),
    line(x(late.eventTime), 80, x(late.arrived), 120, red, { dash: '4 3' }),
    dot(x(late.arrived), 120, red, 5),
    text(x(late.arrived) + 8, 142, `arrives ${clock(late.arrived, true)}`, { fill: red, anchor: 'end', size: 12 }),
    text(24, 158, 'without allowed lateness', { fill: pale, size: 12 }),
    box(x(strict.arrived) - 5, 168, 10, 10, green, { round: 2 }),
    text(x(strict.arrived) + 12, 178, shown(strict), { size: 12 }),
    text(x(late.arrived) - 10, 196, `counted as late: missed it by ${by} s`, { fill: red, anchor: 'end', size: 12 }),
    line(24, 210, width - 24, 210, hair),
    text(24, 230, "allowedLateness: '2m'", { fill: pale, size: 12 }),
    box(x(strict.arrived) - 5, 240, 10, 10, green, { round: 2 }),
    text(x(strict.arrived) + 12, 250, `${shown(lenient.find(r => r.revision === 0))}, revision 0`, { size: 12 }),
    box(x(late.arrived) - 5, 262, 10, 10, green, { round: 2 }),
    text(x(late.arrived) - 10, 272, `${shown(revised)}, revision 1: replaces it`, { fill: ink, anchor: 'end', size: 12 }),
  ])
}

/** Panes of a minute, and the windows of five that are merged from them. */
export function paneDrawing({ steps }) {
  const width = 760
  const height = 300
  const windows = resultsOf(steps, 'trend').slice(-3)
  const from = windows[0].window_start
  const to = windows.at(-1).window_end
  const x = scale([from, to], [24, width - 24])
  const paneAt = at => (window, upTo) =>
    steps.filter(s => s.mote === mote && s.arrived < upTo && s.eventTime >= at && s.eventTime < at + minute && at >= window.window_start)
      .length
  const panes = []
  for (let at = from; at < to; at += minute) panes.push({ at, count: paneAt(at)(windows[0], Number.POSITIVE_INFINITY) })
  return picture(width, height, 'Windows made of panes', [
    text(24, 30, `Readings of mote ${mote} in panes of one minute`, { weight: 600, size: 15 }),
    panes.map(({ at, count }) => [
      box(x(at) + 2, 46, x(at + minute) - x(at) - 4, 40, water, { opacity: 0.16 }),
      text(x(at + minute / 2), 71, String(count), { anchor: 'middle', weight: 600 }),
      text(x(at), 104, clock(at), { fill: pale, size: 12, anchor: at === from ? 'start' : 'middle' }),
    ]),
    windows.map((window, i) => {
      const top = 128 + i * 54
      const { window_start, window_end, n, mean } = window
      return [
        box(x(window_start) + 2, top, x(window_end) - x(window_start) - 4, 34, green, { opacity: 0.13 }),
        text(
          x((window_start + window_end) / 2),
          top + 22,
          `${clock(window_start)}–${clock(window_end)}: ${n} readings, mean ${mean.toFixed(2)} °C`,
          {
            anchor: 'middle',
          },
        ),
      ]
    }),
    text(24, height - 12, "hopping('5m', { every: '1m' }): each reading is added to one pane, each window merges five", {
      fill: pale,
      size: 12,
    }),
  ])
}
