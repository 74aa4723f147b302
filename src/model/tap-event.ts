import type { Json } from './json.js'

/** Rows seen on an edge of a job's graph: a sample, ten a second at most. */
export interface TapEvent {
  readonly from: string
  readonly to: string
  /** The job's clock. */
  readonly at: number
  /** Rows that passed since the last event, withdrawals among them. */
  readonly passed: number
  /** How many of them were withdrawals, where there were any. */
  readonly withdrawn?: number
  readonly watermark: number | null
  readonly rows: readonly TappedRow[]
}

/** A row of a sample. */
export interface TappedRow {
  readonly eventTime: number
  readonly row: Readonly<Record<string, Json>>
  /** An earlier row of this key and window, if there was one, no longer holds: of an early or revised result that does not pass a filter. */
  readonly withdrawn?: true
}
