import type { Clock } from './clock.js'
import { type Columns, valueAt } from './columns.js'
import { sliceColumn, take, takeIds, takeNumbers } from './take.js'

export interface BatchParts {
  readonly length: number
  readonly columns: Columns
  readonly times: Float64Array
  readonly origin: number
  readonly watermark: number
  readonly clock: Clock
  readonly idle?: boolean
  readonly messages?: Int32Array | undefined
  readonly removed?: Uint8Array | undefined
}

const noTimes = new Float64Array(0)

/**
 * Rows of one source partition (or of one operator) as columns, in arrival order. A batch lives until the push that
 * carries it returns: who keeps rows copies them. An empty batch carries time alone.
 */
export class Batch<out T = unknown> {
  /** The row type; never present at run time. */
  declare readonly rowType?: T
  readonly length: number
  readonly columns: Columns
  /** Event time of each row, ms since the epoch. */
  readonly times: Float64Array
  /** Who speaks: a source partition, or an operator that makes its own time. Watermarks are kept per origin. */
  readonly origin: number
  /** The origin promises that no row at or below it follows, but late ones. −Infinity: nothing known. +Infinity: the end. */
  readonly watermark: number
  readonly clock: Clock
  /** The origin is quiet: its watermark does not hold others back. */
  readonly idle: boolean
  /** Index of each row's message in its journal entry; undefined for rows that no single message made. */
  readonly messages: Int32Array | undefined
  /** 1 where the row is a removal: an earlier row of this key and window no longer holds. */
  readonly removed: Uint8Array | undefined

  constructor(parts: BatchParts) {
    this.length = parts.length
    this.columns = parts.columns
    this.times = parts.times
    this.origin = parts.origin
    this.watermark = parts.watermark
    this.clock = parts.clock
    this.idle = parts.idle ?? false
    this.messages = parts.messages
    this.removed = parts.removed
  }

  /** One row as an object; made on demand, for job code that asks for rows. */
  row(i: number): T {
    const row: Record<string, unknown> = {}
    for (const name in this.columns) row[name] = valueAt(this.columns[name]!, i)
    return row as T
  }

  /** The same time, without rows. */
  empty<U>(): Batch<U> {
    return new Batch<U>({
      length: 0,
      columns: {},
      times: noTimes,
      origin: this.origin,
      watermark: this.watermark,
      clock: this.clock,
      idle: this.idle,
    })
  }

  /** The same rows and time with some parts replaced. */
  with<U = T>(parts: Partial<BatchParts>): Batch<U> {
    return new Batch<U>({ ...(this as BatchParts), ...parts })
  }

  /** The rows named by `rows[0 … count − 1]`. */
  take(rows: Int32Array, count: number): Batch<T> {
    const columns: Record<string, Columns[string]> = {}
    for (const name in this.columns) columns[name] = take(this.columns[name]!, rows, count)
    const removed = this.removed
    return this.with({
      length: count,
      columns,
      times: takeNumbers(this.times, rows, count),
      messages: this.messages && takeIds(this.messages, rows, count),
      removed: removed && Uint8Array.from({ length: count }, (_, i) => removed[rows[i]!]!),
    })
  }

  /** Rows `from` (included) to `to` (excluded), on the same memory. */
  slice(from: number, to: number): Batch<T> {
    const columns: Record<string, Columns[string]> = {}
    for (const name in this.columns) columns[name] = sliceColumn(this.columns[name]!, from, to)
    return this.with({
      length: to - from,
      columns,
      times: this.times.subarray(from, to),
      messages: this.messages?.subarray(from, to),
      removed: this.removed?.subarray(from, to),
    })
  }
}
