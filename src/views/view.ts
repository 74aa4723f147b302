import type { OutputBatch } from '../connector/sink.js'
import type { LiveRow, ViewInfo } from '../model/api.js'

/**
 * What a reader asks of a view. Times are ms since the epoch on the job's clock, half-open `[from, to)`, of the rows'
 * event time: of windows end − 1 ms, so that the windows of an hour are those that end in it; else of their arrival.
 */
export interface ViewQuery {
  readonly from?: number
  readonly to?: number
  readonly columns?: readonly string[]
  /** Only rows with these key values, any of each key's list. */
  readonly keys?: Readonly<Record<string, readonly string[]>>
  /** Only rows of closed windows. */
  readonly final?: boolean
  readonly limit?: number
  /** Cursor of the row before the first, from `next`. */
  readonly after?: string
}

/** Changes of one view by one batch, for live readers: each key once, either with its newest row or removed. */
export interface ViewChange {
  readonly rows: readonly LiveRow[]
  readonly removed: readonly LiveRow[]
  /** Row keys of `rows` and of `removed`, for readers that merge changes: the same key is the same row. */
  readonly keys?: readonly string[]
  readonly removedKeys?: readonly string[]
  /** The places in time of `rows` and of `removed`: of windows end − 1 ms, else when they came. */
  readonly times?: readonly number[]
  readonly removedTimes?: readonly number[]
  /** When each of `rows` came, on the job's clock. */
  readonly seen: readonly number[]
}

/** Rows of one view in memory, newest row of each key, ordered by window end (or arrival) and key. */
export interface View {
  readonly id: string
  readonly job: string
  info(): ViewInfo
  /** Takes in outputs; synchronous. A row with a known key replaces it, a removal drops it. */
  apply(outputs: OutputBatch): void
  /**
   * The rows at this moment; later changes do not touch them, however slowly they are read.
   *
   * @throws MR508 for a cursor that is none, MR509 for an unknown column.
   */
  query(query: ViewQuery): { readonly columns: readonly string[]; readonly rows: Iterable<LiveRow>; readonly next?: string }
  /** The last `count` rows, oldest first, for a live reader's snapshot. */
  latest(count: number): readonly LiveRow[]
  /** When each of those rows came, on the job's clock, ms since the epoch. */
  latestSeen(count: number): readonly number[]
  /**
   * The newest row of each key that has none among the last `count`, oldest first, `count` of them at most, and when each came: a
   * device that fell silent is not forgotten because others go on.
   */
  quiet(count: number): { readonly rows: readonly LiveRow[]; readonly seen: readonly number[] }
  /** Calls back within `apply`, once a batch that changed something; the listener must be quick and not throw. */
  subscribe(listener: (change: ViewChange) => void): () => void
  /**
   * All rows, and back, for the snapshot at a graceful stop. A saved row has four more values than the view has columns:
   * its row key, its place in time, when it came, and its arrival number; older snapshots lack the last or the last two.
   *
   * @throws MR518 where the saved rows have other columns; nothing is changed then.
   */
  snapshot(): readonly LiveRow[]
  restore(rows: readonly LiveRow[]): void
}
