import { describe, expect, it } from 'vitest'
import { bindAggregate } from '../aggregates/bind-aggregate.js'
import { count } from '../aggregates/count.js'
import { max } from '../aggregates/max.js'
import { mean } from '../aggregates/mean.js'
import { min } from '../aggregates/min.js'
import type { SymbolicRow } from '../expr/types.js'
import { Batch } from '../model/batch.js'
import type { ColumnInfo } from '../model/value-type.js'
import { hopping } from '../windows/hopping.js'
import { tumbling } from '../windows/tumbling.js'
import { type AggregateParams, createAggregateLogic } from './aggregate-logic.js'

interface Row {
  readonly room: string | null
  readonly celsius: number | null
  readonly at: number
}

const columns: ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: true },
  { name: 'celsius', type: 'number', nullable: true, unit: '°C' },
]

const row = (room: string | null, celsius: number | null, at: number): Row => ({ room, celsius, at })

const roomOnly = [{ name: 'room', node: { op: 'field', name: 'room', type: 'text', nullable: true } }] as const

function batchOf(rows: readonly Row[], watermark: number, more: { stream?: number; origin?: number; idle?: boolean } = {}): Batch {
  const stream = more.stream ?? 0
  return new Batch({
    length: rows.length,
    columns: {
      room: { type: 'text', form: 'plain', values: rows.map(row => row.room) },
      celsius: {
        type: 'number',
        values: Float64Array.from(rows, row => row.celsius ?? 0),
        nulls: Uint8Array.from(rows, row => (row.celsius === null ? 1 : 0)),
      },
    },
    times: Float64Array.from(rows, row => row.at),
    origin: more.origin ?? 0,
    watermark,
    clock: { wall: stream, stream, partition: stream, frozen: false },
    idle: more.idle ?? false,
  })
}

function run(params: Partial<AggregateParams> = {}) {
  const counters: Record<string, number> = {}
  const late: unknown[] = []
  const logic = createAggregateLogic(
    {
      by: roomOnly,
      window: tumbling('5s'),
      aggregates: [
        {
          name: 'mean',
          bound: bindAggregate(
            mean<Row>(r => r.celsius),
            columns,
          ),
        },
        {
          name: 'low',
          bound: bindAggregate(
            min((r: SymbolicRow<Row>) => r.celsius),
            columns,
          ),
        },
        {
          name: 'peak',
          bound: bindAggregate(
            max((r: SymbolicRow<Row>) => r.celsius),
            columns,
          ),
        },
        { name: 'n', bound: bindAggregate(count(), columns) },
      ],
      allowedLateness: 0,
      windowedInput: false,
      bounded: false,
      ...params,
    },
    {
      origin: -7,
      emitTo: () => {},
      late: (batch, missed) => {
        counters['late'] = (counters['late'] ?? 0) + batch.length
        for (let i = 0; i < batch.length; i++) late.push([batch.times[i], batch.row(i), missed(batch.times[i]!)])
      },
      reject: () => {},
      count: (counter, by) => {
        counters[counter] = (counters[counter] ?? 0) + by
      },
    },
  )
  const push = (batch: Batch) => {
    const out: Batch[] = []
    logic.onBatch(batch, made => out.push(made))
    return out
  }
  /** Rows of a push, short: room, mean, low, peak, n, start, end, final, revision. */
  const rows = (batch: Batch) =>
    push(batch).flatMap(made => Array.from({ length: made.length }, (_, i) => Object.values(made.row(i) as object)))
  return { logic, counters, late, push, rows }
}

describe('createAggregateLogic', () => {
  it('fires a tumbling window when the watermark reaches its last instant', () => {
    const { rows, push, counters } = run()
    expect(
      rows(
        batchOf(
          [
            { room: 'a', celsius: 20, at: 1_000 },
            { room: 'b', celsius: null, at: 2_000 },
            { room: 'a', celsius: 23, at: 4_999 },
          ],
          4_998,
        ),
      ),
    ).toEqual([])
    const out = push(batchOf([], 4_999))
    expect(out.map(made => [made.length, made.watermark, made.origin])).toEqual([[2, 4_999, -7]])
    expect(Object.keys(out[0]!.columns)).toEqual(['room', 'mean', 'low', 'peak', 'n', 'window_start', 'window_end', 'final', 'revision'])
    expect([out[0]!.row(0), out[0]!.row(1), [...out[0]!.times]]).toEqual([
      { room: 'a', mean: 21.5, low: 20, peak: 23, n: 2, window_start: 0, window_end: 5_000, final: true, revision: 0 },
      { room: 'b', mean: null, low: null, peak: null, n: 1, window_start: 0, window_end: 5_000, final: true, revision: 0 },
      [4_999, 4_999],
    ])
    expect(counters).toEqual({ counted: 3 })
  })

  it('gives hopping windows from shared panes, also before 1970', () => {
    const { rows } = run({ window: hopping('10s', { every: '5s' }) })
    rows(
      batchOf(
        [
          { room: 'a', celsius: 1, at: -1 },
          { room: 'a', celsius: 3, at: 0 },
        ],
        Number.NEGATIVE_INFINITY,
      ),
    )
    expect(rows(batchOf([], Number.POSITIVE_INFINITY))).toEqual([
      ['a', 1, 1, 1, 1, -10_000, 0, true, 0],
      ['a', 2, 1, 3, 2, -5_000, 5_000, true, 0],
      ['a', 3, 3, 3, 1, 0, 10_000, true, 0],
    ])
  })

  it('keeps the order of first rows within a window', () => {
    const { rows } = run()
    rows(batchOf([row('b', 1, 0), row('a', 1, 1), row('b', 1, 5_000), row('c', 1, 5_001), row('a', 1, 5_002)], Number.NEGATIVE_INFINITY))
    expect(rows(batchOf([], 20_000)).map(([room, , , , , start]) => `${start}${room}`)).toEqual(['0b', '0a', '5000b', '5000c', '5000a'])
  })

  it('gives away rows that no window takes, whole, with the newest window that each missed', () => {
    const { rows, late, counters } = run({ window: hopping('10s', { every: '5s' }) })
    rows(batchOf([row('a', 1, 12_000)], 9_999))
    // [0, 10 s) is over; 7,000 still counts in [5 s, 15 s).
    expect(rows(batchOf([row('x', 5, 4_000), row('a', 3, 7_000), row('x', 6, 4_999)], 14_999))).toEqual([
      ['a', 2, 1, 3, 2, 5_000, 15_000, true, 0],
    ])
    expect(late).toEqual([
      [4_000, { room: 'x', celsius: 5 }, { start: 0, end: 10_000, by: 0 }],
      [4_999, { room: 'x', celsius: 6 }, { start: 0, end: 10_000, by: 0 }],
    ])
    expect(counters).toEqual({ counted: 2, late: 2 })
    rows(batchOf([row('y', 7, 9_000)], 14_999))
    expect(late.slice(2)).toEqual([[9_000, { room: 'y', celsius: 7 }, { start: 5_000, end: 15_000, by: 0 }]])
  })

  it('fires a revision at once for each late row within the allowed lateness, and forgets the window after it', () => {
    const { rows, logic, counters } = run({ allowedLateness: 2_000 })
    rows(batchOf([row('a', 1, 0)], -1))
    expect(rows(batchOf([], 4_999))).toEqual([['a', 1, 1, 1, 1, 0, 5_000, true, 0]])
    const out = rows(batchOf([row('a', 3, 100), row('b', 9, 200), row('a', 5, 300)], 6_998))
    expect(out).toEqual([
      ['a', 2, 1, 3, 2, 0, 5_000, true, 1],
      ['b', 9, 9, 9, 1, 0, 5_000, true, 1],
      ['a', 3, 1, 5, 3, 0, 5_000, true, 2],
    ])
    expect(logic.keys!()).toBe(2)
    rows(batchOf([], 6_999))
    expect(logic.keys!()).toBe(0)
    expect(rows(batchOf([row('a', 3, 100)], 6_999))).toEqual([])
    expect(counters).toEqual({ counted: 4, late: 1 })
  })

  it('gives provisional rows of changed windows on the stream clock, and asks for a tick in time', () => {
    const { rows, logic } = run({ early: 1_000 })
    const at = (stream: number) => ({ stream })
    expect(logic.deadline!(0)).toBe(Number.POSITIVE_INFINITY)
    rows(batchOf([row('a', 1, 0), row('b', 2, 0)], -1, at(500)))
    expect([logic.deadline!(0), logic.pending!()]).toEqual([1_000, 4_999])
    expect(rows(batchOf([row('a', 3, 1)], -1, at(1_400)))).toEqual([])
    expect(logic.deadline!(0)).toBe(100)
    expect(rows(batchOf([row('a', 5, 2)], 0, at(1_500)))).toEqual([
      ['a', 2, 1, 3, 2, 0, 5_000, false, 0],
      ['b', 2, 2, 2, 1, 0, 5_000, false, 0],
    ])
    expect(rows(batchOf([], 0, at(2_600)))).toEqual([['a', 3, 1, 5, 3, 0, 5_000, false, 0]])
    expect(logic.deadline!(0)).toBe(Number.POSITIVE_INFINITY)
    expect(rows(batchOf([], 4_999, at(9_000))).map(r => r.slice(0, 2).concat(r.slice(7)))).toEqual([
      ['a', 3, true, 0],
      ['b', 2, true, 0],
    ])
  })

  it('gives no provisional rows in a bounded run', () => {
    const { rows, logic } = run({ early: 1_000, bounded: true })
    rows(batchOf([row('a', 1, 0)], -1, { stream: 0 }))
    expect(logic.deadline!(0)).toBe(Number.POSITIVE_INFINITY)
    expect(rows(batchOf([], -1, { stream: 9_000 }))).toEqual([])
  })

  it('reads only final, first and valid results of another window', () => {
    const { rows, counters } = run({ windowedInput: true })
    const batch = batchOf([row('a', 1, 0), row('a', 2, 1), row('a', 4, 2), row('a', 8, 3)], -1)
    rows(
      batch.with({
        columns: {
          ...batch.columns,
          final: { type: 'boolean', values: Uint8Array.of(1, 0, 1, 1), nulls: undefined },
          revision: { type: 'number', values: Float64Array.of(0, 0, 1, 0), nulls: undefined },
        },
        removed: Uint8Array.of(0, 0, 0, 1),
      }),
    )
    expect(rows(batchOf([], Number.POSITIVE_INFINITY))).toEqual([['a', 1, 1, 1, 1, 0, 5_000, true, 0]])
    expect(counters).toEqual({ counted: 1, revisions_ignored: 1 })
  })

  it('waits for the slowest origin, and is idle when all are', () => {
    const { push } = run()
    const spoken = (batch: Batch) => push(batch).map(made => [made.length, made.watermark, made.idle])
    spoken(batchOf([], Number.NEGATIVE_INFINITY, { origin: 1 }))
    expect(spoken(batchOf([row('a', 1, 0)], 9_000, { origin: 2 }))).toEqual([[0, Number.NEGATIVE_INFINITY, false]])
    expect(spoken(batchOf([], Number.NEGATIVE_INFINITY, { origin: 1, idle: true }))).toEqual([[1, 9_000, false]])
    expect(spoken(batchOf([], 9_000, { origin: 2, idle: true }))).toEqual([[0, 9_000, true]])
  })

  it('sends a window of many keys in parts; only the last carries the new watermark', () => {
    const { push, logic } = run({ by: [{ name: 'celsius', node: { op: 'field', name: 'celsius', type: 'number', nullable: true } }] })
    const many = Array.from({ length: 20_000 }, (_, i) => row('a', i, 0))
    push(batchOf(many, -1))
    expect(logic.keys!()).toBe(20_000)
    const out = push(batchOf([], 5_000))
    expect(out.map(made => [made.length, made.watermark])).toEqual([
      [8_192, -1],
      [8_192, -1],
      [3_616, 5_000],
    ])
    expect(out[2]!.row(3_615)).toMatchObject({ celsius: 19_999, n: 1 })
  })

  it('keeps nothing of keys that are gone: their ids serve new ones', () => {
    const { rows, logic } = run()
    for (let i = 0; i < 200; i++) {
      const out = rows(batchOf([row(`room-${i}`, i, i * 5_000)], i * 5_000 + 4_999))
      expect(out).toEqual([[`room-${i}`, i, i, i, 1, i * 5_000, i * 5_000 + 5_000, true, 0]])
      expect(logic.keys!()).toBe(0)
    }
  })
})
