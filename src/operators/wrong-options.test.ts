import { scan, take } from 'rxjs'
import { expect, it } from 'vitest'
import { count } from '../aggregates/count.js'
import { json } from '../codecs/json.js'
import { job } from '../job/job.js'
import { durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { number, schema, text, timestamp } from '../model/fields.js'
import type { RowOf } from '../model/schema.js'
import { collectSink } from '../testing/collect-sink.js'
import { rowsSource } from '../testing/rows-source.js'
import { pushEntry } from '../testing/run-entries.js'
import { hopping } from '../windows/hopping.js'
import { tumbling } from '../windows/tumbling.js'
import { aggregate } from './aggregate.js'
import { debug } from './debug.js'
import { eventTime } from './event-time.js'
import { filterRows } from './filter-rows.js'
import { into } from './into.js'
import { flatMapRows, mapRows } from './map-rows.js'
import { merge } from './merge.js'
import { rx } from './rx.js'
import { derive, select } from './select.js'
import type { Stream } from './stream.js'
import { where } from './where.js'

const S = schema({ a: number(), b: text(), at: timestamp('epoch-ms') })
type Row = RowOf<typeof S>

/** What a job without type check may pass. */
const wrong = (value?: unknown) => value as never

const errorOf = (build: (s: Stream<Row>) => unknown): string => {
  try {
    job('j', ({ read }) => [(build(read('s', rowsSource(S))) as Stream<Row>).pipe(into(collectSink('out')))]).start({ bounded: false })
    return 'none'
  } catch (error) {
    return error instanceof MillraceError ? `${error.code} ${error.message}` : `not ours: ${String(error)}`
  }
}

it.each<[string, (s: Stream<Row>) => unknown]>([
  ["MR159 aggregate 'w' wants `over` to be a window", s => s.pipe(aggregate('w', wrong({}), { n: count() }))],
  ["MR159 aggregate 'w' wants `over` to be a window", s => s.pipe(aggregate('w', { over: wrong('5m') }, { n: count() }))],
  ["MR159 aggregate 'w' wants its aggregates", s => s.pipe(aggregate('w', { over: tumbling('1s') }, wrong()))],
  ["MR159 aggregate 'w' wants `late` to write", s => s.pipe(aggregate('w', { over: tumbling('1s'), late: r => wrong(r) }, { n: count() }))],
  ["MR106 `early`: '-1s' is not a duration", s => s.pipe(aggregate('w', { over: tumbling('1s'), early: '-1s' }, { n: count() }))],
  ['MR106 `every`: a duration is missing', s => s.pipe(aggregate('w', { over: hopping('5s', wrong()) }, { n: count() }))],
  [
    'MR106 `size`: an object is not a duration',
    s => s.pipe(aggregate('w', { over: hopping(wrong({ size: '5s' }), wrong()) }, { n: count() })),
  ],
  ['MR106 `size`: 5 is not a duration', s => s.pipe(aggregate('w', { over: tumbling(wrong(5)) }, { n: count() }))],
  ['MR106 `outOfOrderness`: a duration is missing', s => s.pipe(eventTime(r => r.at, wrong({})))],
  ['MR159 eventTime wants `skewed`', s => s.pipe(eventTime(r => r.at, { outOfOrderness: '1s', skewed: wrong('drop') }))],
  ["MR159 mapRows 'm' wants the schema", s => s.pipe(mapRows('m', wrong(), r => r))],
  ["MR159 flatMapRows 'm' wants a function", s => s.pipe(flatMapRows('m', S, wrong()))],
  ["MR159 filterRows 'f' wants an id, then a function", s => s.pipe(filterRows('f', wrong()))],
  ['MR159 debug wants a label', s => s.pipe(debug(wrong()))],
  ["MR159 rx 'x' wants an id, then an RxJS operator", s => s.pipe(rx('x', wrong(3)))],
  ["MR163 merge 'm' wants 1 to 50 streams", s => merge('m', wrong([s, s]))],
  ['MR115 where wants a condition, not a number', s => s.pipe(where(r => wrong(r.a)))],
  ['MR101 select makes a column `window_start`', s => s.pipe(select(r => ({ window_start: r.at })))],
  ['MR101 derive makes a column `final`', s => s.pipe(derive(r => ({ final: r.a })))],
  ['MR105 the field `a` is declared by a string', () => schema({ a: wrong('number') })],
  ['MR105 json(…) was given no schema', () => json(wrong({ a: number() }))],
])('%s', (message, build) => {
  expect(errorOf(build)).toContain(message)
})

it('shows how merge is written, where it was given a list', () => {
  job('m', ({ read }) => {
    const s = read('s', rowsSource(S))
    expect(() => merge('both', wrong([s, s]))).toThrow(
      expect.objectContaining({ code: 'MR163', hint: "write merge('both', first, second)" }),
    )
    return [s.pipe(into(collectSink('out')))]
  }).start({ bounded: false })
})

it('names the options of an operator that was given none, and a job function that is async', () => {
  expect(() => eventTime<Row>(r => r.at, wrong())).toThrow(
    expect.objectContaining({ code: 'MR159', hint: expect.stringMatching(/^its options are outOfOrderness, .*\{ outOfOrderness: … \}$/) }),
  )
  const late = job(
    'late',
    wrong(async () => []),
  )
  expect(() => late.start({ bounded: false })).toThrow(
    expect.objectContaining({ code: 'MR166', message: expect.stringContaining('is async') }),
  )
})

it('reads decimals of durations exactly', () => {
  expect(['1.005s', '0.07s', '1.5d', '2.50m'].map(text => durationMs(wrong(text)))).toEqual([1_005, 70, 129_600_000, 150_000])
  expect(() => durationMs('0.5ms')).toThrow("'0.5ms' is not a whole number of ms")
})

it('fails where a foreign operator ends the stream, and goes on where it does not', () => {
  const run = (operator: Parameters<typeof rx<Row>>[1]) => {
    const graph = job('j', ({ read }) => [read('s', rowsSource(S)).pipe(rx('x', operator), into(collectSink('out')))]).start({
      bounded: false,
    })
    const entry = { wall: 0, rows: [{ a: 1, b: 'x', at: 0 }] }
    return [0, 1].map(number => pushEntry(graph, new Map([['s', S]]), entry, number, []).length)
  }
  expect(() => run(take(1))).toThrow("the RxJS operator of 'x' ended the stream")
  expect(run(scan((_, batch) => batch))).toEqual([1, 1])
})
