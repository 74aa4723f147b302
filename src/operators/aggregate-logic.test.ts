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
      emitTo: (port, batch) => {
        for (let i = 0; i < batch.length; i++) late.push([port, batch.times[i], batch.row(i)])
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
})
