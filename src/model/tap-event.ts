import type { Json } from './json.js'

/** Rows seen on an edge of a job's graph: a sample, ten a second at most. */
export interface TapEvent {
  readonly from: string
  readonly to: string
  /** The job's clock. */
  readonly at: number
  /** Rows that passed since the last event. */
  readonly passed: number
  readonly watermark: number | null
  readonly rows: readonly { readonly eventTime: number; readonly row: Readonly<Record<string, Json>> }[]
}
