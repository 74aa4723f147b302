import { map } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { count } from '../aggregates/count.js'
import { max } from '../aggregates/max.js'
import { mean } from '../aggregates/mean.js'
import { job } from '../job/job.js'
import { integer, number, schema, text, timestamp } from '../model/fields.js'
import type { RowOf } from '../model/schema.js'
import { collectSink } from '../testing/collect-sink.js'
import { rowsSource } from '../testing/rows-source.js'
import { pushEntry, type TestEntry } from '../testing/run-entries.js'
import { verifyOperator } from '../testing/verify-operator.js'
import { tumbling } from '../windows/tumbling.js'
import { aggregate } from './aggregate.js'
import { debug } from './debug.js'
import { eventTime } from './event-time.js'
import { filterRows } from './filter-rows.js'
import { into } from './into.js'
import { flatMapRows, mapRows } from './map-rows.js'
import { merge } from './merge.js'
import type { Operator } from './operator.js'
import { rx } from './rx.js'
import { derive, select } from './select.js'
import type { Stream } from './stream.js'
import { where } from './where.js'

const Reading = schema({ room: text(), celsius: number({ unit: '°C' }), at: timestamp('epoch-ms') })
type Reading = RowOf<typeof Reading>
const row = (room: string, celsius: number, at = 0) => ({ room, celsius, at })
const rows = (...list: ReturnType<typeof row>[]): TestEntry[] => [{ wall: 1_000, rows: list }]
const results = <U>(entries: readonly TestEntry[], pipeline: (s: Stream<Reading>) => Stream<U>, as: 'view' | 'sink' = 'view') =>
  verifyOperator({ schema: Reading, entries, pipeline, as })

describe('where, select, derive', () => {
  it('keeps rows that hold, computes columns, replaces and adds', () => {
    const out = results(rows(row('a', 20), row('b', 30)), s =>
      s.pipe(
        where(r => r.celsius.gt(25)),
        derive(r => ({ fahrenheit: r.celsius.mul(1.8).add(32), room: r.room.upper() })),
        select(r => ({ room: r.room, f: r.fahrenheit })),
      ),
    )
    expect(out).toEqual([{ result: 'out', room: 'B', f: 86 }])
  })

  it('takes columns named like members of every object', () => {
    const out = results(rows(row('a', 20)), s =>
      s.pipe(
        select(r => ({ toString: r.room, valueOf: r.celsius })),
        derive(r => ({ twice: r.valueOf.mul(2) })),
      ),
    )
    expect(out).toEqual([{ result: 'out', toString: 'a', valueOf: 20, twice: 40 }])
  })

  it('withdraws a provisional result that no longer holds', () => {
    const entries: TestEntry[] = [
      { wall: 1_000, rows: [row('a', 40, 1_000)] },
      { wall: 2_500, rows: [row('a', 10, 1_500)] },
      { wall: 9_000, rows: [], end: true },
    ]
    const pipeline = (s: Stream<Reading>) =>
      s.pipe(
        eventTime(r => r.at, { outOfOrderness: '1s', closeWhenQuiet: false }),
        aggregate('w', { by: r => ({ room: r.room }), over: tumbling('5s'), early: '1s' }, { mean: mean(r => r.celsius) }),
        where(w => w.mean.gt(30)),
      )
    const seen = results(entries, pipeline).map(({ mean, final, removed }) => ({ mean, final, removed }))
    expect(seen).toEqual([
      { mean: 40, final: false, removed: undefined },
      { mean: 25, final: false, removed: true },
      { mean: 25, final: true, removed: true },
    ])
    expect(results(entries, pipeline, 'sink')).toEqual([])
  })

  it('tells a sink of a withdrawal only where it was told an earlier revision', () => {
    const entries: TestEntry[] = [
      { wall: 1_000, rows: [row('a', 40, 1_000), row('b', 10, 1_000), row('a', 50, 7_000), row('a', 0, 1_500), row('b', 90, 1_500)] },
    ]
    const out = results(
      entries,
      s =>
        s.pipe(
          eventTime(r => r.at, { outOfOrderness: '1s' }),
          aggregate('w', { by: r => ({ room: r.room }), over: tumbling('5s'), allowedLateness: '1m' }, { mean: mean(r => r.celsius) }),
          where(w => w.mean.gt(30)),
        ),
      'sink',
    )
    expect(out.map(({ room, mean, revision, removed }) => ({ room, mean, revision, removed }))).toEqual([
      { room: 'a', mean: 40, revision: 0, removed: undefined },
      { room: 'a', mean: 20, revision: 1, removed: true },
      { room: 'b', mean: 50, revision: 1, removed: undefined },
    ])
  })

  it('keeps window columns through select, and refuses to lose the key', () => {
    const windowed = (s: Stream<Reading>) => s.pipe(aggregate('w', { by: r => ({ room: r.room }), over: tumbling('5s') }, { n: count() }))
    expect(() => results(rows(), s => windowed(s).pipe(select(w => ({ n: w.n }))))).toThrow(/drops `room`/)
    const out = results([...rows(row('a', 1)), { wall: 9_000 }], s => windowed(s).pipe(select(w => ({ room: w.room, twice: w.n.mul(2) }))))
    expect(out).toEqual([{ result: 'out', room: 'a', twice: 2, window_start: 0, window_end: 5_000, final: true, revision: 0 }])
  })
})

describe('arrival time', () => {
  it('closes windows when the clock passes their end', () => {
    const pipeline = (s: Stream<Reading>) => s.pipe(aggregate('w', { over: tumbling('5s') }, { n: count() }))
    expect(results([...rows(row('a', 1)), { wall: 4_999 }], pipeline)).toEqual([])
    expect(results([...rows(row('a', 1)), { wall: 5_000 }], pipeline)).toHaveLength(1)
  })
})

describe('row functions', () => {
  const Doubled = schema({ room: text(), twice: integer() })

  it('maps and flattens rows, and sends what throws or does not fit to the dead letters, alone', () => {
    const out = results(rows(row('a', 1), row('b', 2), row('c', 3.25)), s =>
      s.pipe(
        mapRows('twice', Doubled, r => {
          if (r.room === 'b') throw new Error('no b')
          return { room: r.room, twice: r.celsius * 2 }
        }),
      ),
    )
    expect(out).toEqual([
      { result: 'out', room: 'a', twice: 2 },
      { rejected: 'twice', code: 'MR161', message: 1 },
      { rejected: 'twice', code: 'MR162', message: 2 },
    ])
    const many = results(rows(row('a', 2), row('b', 0)), s =>
      s.pipe(flatMapRows('repeat', Doubled, r => Array.from({ length: r.celsius }, (_, i) => ({ room: r.room, twice: i })))),
    )
    expect(many.map(({ room, twice }) => [room, twice])).toEqual([
      ['a', 0],
      ['a', 1],
    ])
  })

  it('filters rows by JavaScript', () => {
    expect(results(rows(row('a', 1), row('b', 2)), s => s.pipe(filterRows('odd', r => r.celsius % 2 === 1)))).toHaveLength(1)
  })
})

describe('merge', () => {
  it('waits for the slower input, and counts rows of both', () => {
    const entries: TestEntry[] = [
      { wall: 1_000, rows: [row('a', 1, 1_000), row('b', 2, 2_000)] },
      { wall: 1_001, rows: [row('a', 1, 9_000)] },
      { wall: 1_002, rows: [row('b', 1, 3_000)] },
      { wall: 1_003, end: true },
    ]
    const out = results(entries, s => {
      const a = s.pipe(
        where(r => r.room.eq('a')),
        eventTime(r => r.at, { outOfOrderness: '0ms', closeWhenQuiet: false }),
      )
      const b = s.pipe(
        where(r => r.room.eq('b')),
        eventTime(r => r.at, { outOfOrderness: '0ms', closeWhenQuiet: false }),
      )
      return merge('both', a, b).pipe(aggregate('w', { over: tumbling('5s') }, { n: count() }))
    })
    expect(out.map(({ n, window_start }) => [n, window_start])).toEqual([
      [3, 0],
      [1, 5_000],
    ])
  })
})

describe('windows of windows', () => {
  it('reads first final results only, and counts the others', () => {
    const built = job('chain', ({ read }) => [
      read('rows', rowsSource(Reading)).pipe(
        eventTime(r => r.at, { outOfOrderness: '0ms' }),
        aggregate('minute', { over: tumbling('5s'), allowedLateness: '1m' }, { top: max(r => r.celsius) }),
        aggregate('hour', { over: tumbling('10s') }, { top: max(r => r.top), n: count() }),
        into(collectSink('out')),
      ),
    ])
    const graph = built.start({ bounded: false })
    const schemas = new Map([['rows', Reading as never]])
    const entries: TestEntry[] = [
      { wall: 1, rows: [row('a', 1, 1_000), row('a', 2, 6_000), row('a', 99, 1_500)] },
      { wall: 2, end: true },
    ]
    const out = entries.flatMap((entry, i) => pushEntry(graph, schemas, entry, i, []))
    expect(out).toEqual([{ result: 'out', top: 2, n: 2, window_start: 0, window_end: 10_000, final: true, revision: 0 }])
    expect(graph.metrics().get('hour')?.counters['revisions_ignored']).toBe(1)
  })
})

describe('late rows', () => {
  it('reach the late stream, with their columns', () => {
    const built = job('late', ({ read }) => [
      read('rows', rowsSource(Reading)).pipe(
        eventTime(r => r.at, { outOfOrderness: '0ms' }),
        aggregate('w', { over: tumbling('5s'), late: s => s.pipe(into(collectSink('late'))) }, { n: count() }),
        into(collectSink('out')),
      ),
    ])
    const graph = built.start({ bounded: false })
    const out = pushEntry(graph, new Map([['rows', Reading as never]]), { wall: 1, rows: [row('a', 1, 9_000), row('x', 7, 100)] }, 0, [])
    expect(out).toEqual([{ result: 'late', room: 'x', celsius: 7, at: 100 }])
    const { counters } = graph.metrics().get('w')!
    expect(counters).toMatchObject({ counted: 1, late: 1 })
  })
})

describe('what a job may not do', () => {
  const start = (build: (s: Stream<Reading>) => unknown) => () =>
    job('bad', ({ read }) => [build(read('rows', rowsSource(Reading))) as never]).start({ bounded: false })

  it.each([
    ['a bare RxJS operator', 'MR151', (s: Stream<Reading>) => s.pipe(map(b => b) as unknown as Operator<Reading, Reading>)],
    [
      'two nodes of one id',
      'MR150',
      (s: Stream<Reading>) =>
        s.pipe(
          filterRows('x', () => true),
          filterRows('x', () => true),
          into(collectSink('o')),
        ),
    ],
    ['an unknown option', 'MR159', (s: Stream<Reading>) => s.pipe(eventTime(r => r.at, { outOfOrdernes: '1s' } as never))],
    ['event time of a number', 'MR104', (s: Stream<Reading>) => s.pipe(eventTime(r => r.celsius as never, { outOfOrderness: '1s' }))],
    ['a stream that is not written', 'MR166', (s: Stream<Reading>) => s],
    [
      'an aggregate with a reserved name',
      'MR160',
      (s: Stream<Reading>) => s.pipe(aggregate('w', { over: tumbling('1s') }, { final: count() })),
    ],
    ['a sink that is none', 'MR164', (s: Stream<Reading>) => s.pipe(into({} as never))],
    ['an id that is none', 'MR153', (s: Stream<Reading>) => s.pipe(filterRows('a/b', () => true))],
    ['a false step of debug', 'MR159', (s: Stream<Reading>) => s.pipe(debug('x', { every: 0 }))],
  ])('%s', (_, code, build) => {
    expect(start(build)).toThrow(expect.objectContaining({ code }))
  })

  it('names a branch that was written but not returned', () => {
    const built = job('bad', ({ read }) => {
      const s = read('rows', rowsSource(Reading))
      s.pipe(into(collectSink('forgotten')))
      return [s.pipe(into(collectSink('kept')))]
    })
    expect(() => built.start({ bounded: false })).toThrow(expect.objectContaining({ code: 'MR167' }))
  })

  it('stops at an RxJS operator that throws, before anything is reported', () => {
    const built = job('bad', ({ read }) => [
      read('rows', rowsSource(Reading)).pipe(
        rx(
          'boom',
          map(batch => {
            if (batch.length > 0) throw new Error('boom')
            return batch
          }),
        ),
        into(collectSink('o')),
      ),
    ])
    const graph = built.start({ bounded: false })
    expect(() => pushEntry(graph, new Map([['rows', Reading as never]]), rows(row('a', 1))[0]!, 0, [])).toThrow('boom')
    expect(graph.plan.nodes.find(node => node.id === 'boom')?.opaque).toBe(true)
  })
})
