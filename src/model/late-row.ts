import type { Json } from './json.js'

/** A row that came after its window had closed for good. */
export interface LateRow {
  readonly job: string
  /** The window operator that it missed. */
  readonly node: string
  /** When it came, on the job's clock. */
  readonly at: number
  readonly eventTime: number
  /** The newest window that it missed, and by how much: ms from the window's end plus allowed lateness to the watermark. */
  readonly window: { readonly start: number; readonly end: number }
  readonly missedBy: number
  readonly row: Readonly<Record<string, Json>>
}
