import { describe, expect, it } from 'vitest'
import { count } from '../aggregates/count.js'
import { mean } from '../aggregates/mean.js'
import { job } from '../job/job.js'
import { number, schema, text, timestamp } from '../model/fields.js'
import type { RowOf, Schema } from '../model/schema.js'
import { collectSink } from '../testing/collect-sink.js'
import { rowsSource } from '../testing/rows-source.js'
import { pushEntry, type TestEntry } from '../testing/run-entries.js'
import { verifyOperator } from '../testing/verify-operator.js'
import { tumbling } from '../windows/tumbling.js'
import { aggregate } from './aggregate.js'
import { eventTime } from './event-time.js'
import { into } from './into.js'
import { merge } from './merge.js'
import type { Stream } from './stream.js'
import { where } from './where.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp('epoch-ms') })
type Reading = RowOf<typeof Reading>
const row = (room: string, celsius: number, at: number) => ({ room, celsius, at })

/** Two branches of one window's results, and what a reader holds who applies rows and removals. */
const branches = (s: Stream<Reading>) => {
  const w = s.pipe(
    eventTime(r => r.at, { outOfOrderness: '1s', closeWhenQuiet: false }),
    aggregate(
      'w',
      { by: r => ({ room: r.room }), over: tumbling('5s'), early: '1s', allowedLateness: '10s' },
      { mean: mean(r => r.celsius) },
    ),
  )
  return merge('odd', w.pipe(where(r => r.mean.gt(30))), w.pipe(where(r => r.mean.lt(10))))
}

describe('merge of branches of one window', () => {
  for (const as of ['view', 'sink'] as const) {
    it(`moves a row from one branch to the other without losing it (${as})`, () => {
      const entries: TestEntry[] = [
        { wall: 1_000, rows: [row('up', 0, 1_000), row('down', 40, 1_000), row('calm', 40, 1_000)] },
        { wall: 2_500, rows: [row('up', 90, 1_500), row('down', -90, 1_500), row('calm', 0, 1_500)] },
        { wall: 8_000, rows: [row('up', 90, 7_000), row('up', -500, 2_000), row('down', 500, 2_000), row('calm', 100, 2_000)] },
        { wall: 60_000, rows: [row('calm', 0, 60_000)] },
      ]
      const held = new Map<unknown, unknown>()
      for (const { room, mean, removed, window_start } of verifyOperator({ schema: Reading, entries, pipeline: branches, as })) {
        if (window_start !== 0) continue
        if (removed) held.delete(room)
        else held.set(room, mean)
      }
      expect(held).toEqual(
        new Map([
          ['up', -410 / 3],
          ['down', 150],
          ['calm', 140 / 3],
        ]),
      )
    })
  }
})

describe('merge and silent inputs', () => {
  const schemas = new Map(['a', 'b', 'c'].map(id => [id, Reading as Schema<unknown>]))
  const timed = (s: Stream<Reading>) => s.pipe(eventTime(r => r.at, { outOfOrderness: '1s' }))
  const run = (entries: readonly TestEntry[]) => {
    const graph = job('m', ({ read }) => {
      const [a, b, c] = ['a', 'b', 'c'].map(id => timed(read(id, rowsSource(Reading)))) as [
        Stream<Reading>,
        Stream<Reading>,
        Stream<Reading>,
      ]
      const all = merge('outer', merge('inner', a, b), c)
      return [all.pipe(aggregate('w', { over: tumbling('5s') }, { n: count() }), into(collectSink('w')))]
    }).start({ bounded: false })
    const out = entries.map((entry, i) => pushEntry(graph, schemas, entry, i, []).map(({ n, window_end }) => ({ n, window_end })))
    return { out, graph }
  }
  const hello: TestEntry[] = ['a', 'b', 'c'].map((source, origin) => ({ source, origin, wall: 0 }))

  it('closes windows though one source never speaks, after its wait', () => {
    const { out } = run([
      ...hello,
      { source: 'a', origin: 0, wall: 900, rows: [row('a', 1, 900)] },
      { source: 'c', origin: 2, wall: 900, rows: [row('c', 1, 900)] },
      { source: 'b', origin: 1, wall: 1_001 },
      { source: 'a', origin: 0, wall: 7_000, rows: [row('a', 1, 7_000)] },
      { source: 'c', origin: 2, wall: 7_000, rows: [row('c', 1, 7_000)] },
    ])
    expect(out).toEqual([[], [], [], [], [], [], [], [{ n: 2, window_end: 5_000 }]])
  })

  it('asks for a tick when the wait of the silent one ends', () => {
    const { graph } = run([...hello, { source: 'a', origin: 0, wall: 200, rows: [row('a', 1, 200)] }])
    expect(graph.deadline()).toBe(1_001)
  })

  it('is not idle while one of its inputs is active', () => {
    // b is silent for good and speaks last; c is far ahead of a.
    const { out } = run([
      ...hello,
      { source: 'a', origin: 0, wall: 900, rows: [row('a', 1, 900)] },
      { source: 'c', origin: 2, wall: 20_000, rows: [row('c', 1, 20_000)] },
      { source: 'b', origin: 1, wall: 20_000 },
      { source: 'c', origin: 2, wall: 20_001, rows: [row('c', 1, 20_001)] },
    ])
    expect(out.flat()).toEqual([])
  })
})
