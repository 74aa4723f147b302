import type { OutputBatch } from '../connector/sink.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { View } from '../views/view.js'
import { createViewRegistry, type ViewRegistry } from '../views/view-registry.js'

export const start = Date.UTC(2026, 0, 15, 12)
export const minuteMs = 60_000

const schema: readonly ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: true },
  { name: 'mean', type: 'number', nullable: true, unit: '°C' },
  { name: 'window_start', type: 'timestamp', nullable: false },
  { name: 'window_end', type: 'timestamp', nullable: false },
  { name: 'final', type: 'boolean', nullable: false },
  { name: 'revision', type: 'integer', nullable: false },
]

export interface Row {
  readonly room?: string
  readonly mean: number | null
  /** Of the window's end, after `start`. */
  readonly minute: number
  readonly final?: boolean
  readonly revision?: number
  readonly removed?: boolean
}

/** A view of one-minute windows, `climate` of the job `rooms`. */
export const openClimate = (registry: ViewRegistry = createViewRegistry(), keep: number | null = null): View =>
  registry.open('rooms', {
    id: 'climate',
    spec: { params: { keep } },
    schema,
    windowed: true,
    keyColumns: ['room'],
    window: { size: minuteMs, every: minuteMs },
  }).view

const numbers = (values: readonly number[]) => ({ type: 'number' as const, values: Float64Array.from(values), nulls: undefined })

/** Rows as the outbox hands them to a view. */
export function outputs(rows: readonly Row[]): OutputBatch {
  const ends = rows.map(row => start + row.minute * minuteMs)
  const keys = rows.map(({ room = 'a', minute }) => `climate/${room}/${minute}`)
  return {
    sink: 'climate',
    length: rows.length,
    schema,
    columns: {
      room: { type: 'text', form: 'plain', values: rows.map(row => row.room ?? 'a') },
      mean: { ...numbers(rows.map(row => row.mean ?? 0)), nulls: Uint8Array.from(rows, row => Number(row.mean === null)) },
      window_start: numbers(ends.map(end => end - minuteMs)),
      window_end: numbers(ends),
      final: { type: 'boolean', values: Uint8Array.from(rows, row => Number(row.final !== false)), nulls: undefined },
      revision: numbers(rows.map(row => row.revision ?? 0)),
    },
    computed: {},
    ids: keys,
    keys,
    removed: rows.some(row => row.removed) ? Uint8Array.from(rows, row => Number(row.removed === true)) : undefined,
    wall: start,
    watermark: Number.NEGATIVE_INFINITY,
  }
}
