import { integer, number, schema, timestamp } from 'millrace'
import { expectGolden, expectRows, planText, rowsFromFile, testJob } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import job from './mote-climate.job.js'

const Reading = schema({
  mote: integer(),
  humidity: number({ unit: '%' }),
  temperature: number({ unit: '°C' }),
  at: timestamp('rfc3339'),
})
const minute = 60_000
const base = Date.UTC(2024, 0, 1)

/** Fifty-three minutes of the real data, with the steam in them. */
const readings = rowsFromFile(new URL('../data/motes.csv', import.meta.url), Reading).filter(
  ({ at }) => at >= Date.UTC(2010, 4, 9, 12, 59) && at < Date.UTC(2010, 4, 9, 13, 52),
)

/** Windows by the rule of the semantics, counted anew from the readings. */
function expected(size: number) {
  const windows = new Map<string, { readonly mote: number; readonly window_end: number; readonly rows: typeof readings }>()
  for (const reading of readings) {
    const { mote, at } = reading
    for (let start = Math.floor(at / minute) * minute; start > at - size; start -= minute) {
      const key = `${mote} ${start}`
      const rows = windows.get(key)?.rows ?? []
      windows.set(key, { mote, window_end: start + size, rows: [...rows, reading] })
    }
  }
  return [...windows.values()]
}

const replayed = (() => {
  const test = testJob(job, { now: readings[0]!.at })
  test.source('readings', Reading).replay(readings, ({ at }) => at)
  test.advance('6m')
  return test
})()

/** A job that has been sent readings `seconds` after a full minute; their temperature is that number. */
function sent(seconds: readonly number[], now: string) {
  const test = testJob(job, { now, restore: 'every-step' })
  const rows = seconds.map(second => ({ mote: 1, humidity: 40, temperature: second, at: base + second * 1_000 }))
  test.source('readings', Reading).send(rows)
  test.advance('10m')
  return test
}

describe('mote-climate', () => {
  it('has the plan that it had', () => {
    for (const [format, name] of [
      ['json', 'json'],
      ['ascii', 'txt'],
    ] as const) {
      expectGolden(planText(job, format), new URL(`golden/mote-climate.plan.${name}`, import.meta.url))
    }
  })

  it.each([
    ['climate', minute],
    ['trend', 5 * minute],
  ])('%s equals a plain count of the same windows', (view, size) => {
    const want = expected(size).map(({ mote, window_end, rows }) => {
      const temperatures = rows.map(({ temperature }) => temperature)
      const mean = temperatures.reduce((a, b) => a + b, 0) / rows.length
      const squares = temperatures.reduce((sum, t) => sum + (t - mean) ** 2, 0)
      const stddev = rows.length === 1 ? null : Math.sqrt(squares / (rows.length - 1))
      const [min, max] = [Math.min(...temperatures), Math.max(...temperatures)]
      return { mote, window_start: window_end - size, window_end, n: rows.length, mean, min, max, stddev, final: true, revision: 0 }
    })
    expect(want.length).toBeGreaterThan(150)
    expectRows(replayed.rows(view), want, { order: 'any', tolerance: 1e-8, moreColumns: false })
  })

  it('steam tells of humid minutes, and of no others', () => {
    const minutes = expected(minute).map(({ mote, window_end, rows }) => ({
      mote,
      window_end,
      humidity: Math.max(...rows.map(row => row.humidity)),
    }))
    const humid = minutes.filter(({ humidity }) => humidity > 60)
    expect(humid.length).toBeGreaterThan(0)
    expect(humid.length).toBeLessThan(minutes.length)
    // An alert is not taken back: sinks get no provisional rows.
    expectRows(
      replayed.rows('steam'),
      humid.map(row => ({ ...row, final: true })),
      { order: 'any' },
    )
  })

  it('shows windows before they close, every 15 s of data time', () => {
    const early = replayed.outputs('climate').filter(({ row }) => row['final'] === false)
    expect(early.length).toBeGreaterThan(replayed.rows('climate').length)
  })

  it('takes disorder up to 10 s, and no row that comes later', () => {
    expectRows(sent([5, 65, 56], '2024-01-01T00:01:05Z').rows('climate'), [{ window_start: base, n: 2, max: 56 }, { n: 1 }])
    const late = sent([5, 75, 56], '2024-01-01T00:01:05Z')
    expectRows(late.rows('climate'), [{ window_start: base, n: 1, max: 5 }, { n: 1 }])
    expect(late.late.filter(({ node }) => node === 'climate')).toMatchObject([
      { window: { start: base, end: base + minute }, row: { temperature: 56 } },
    ])
  })

  it('refuses a reading a day ahead; others are not late for it', () => {
    expect(replayed.deadLetters).toEqual([])
    const test = sent([0, 24 * 3_600, 1], '2024-01-01T00:00:00Z')
    expectRows(test.deadLetters, [{ code: 'MR157' }])
    expectRows(test.rows('climate'), [{ n: 2 }])
  })
})
