import type { Duration } from '../model/duration.js'

/** How much a view remembers. */
export interface ViewOptions {
  /** Event time kept, judged on the newer of watermark and newest row; without it only `maxBytes` bounds the view. */
  readonly keep?: Duration
  /** Memory for the view's rows, in bytes, 64 KiB … 4 GiB; the oldest rows go first. 64 MiB unless given. */
  readonly maxBytes?: number
}

export const defaultMaxBytes = 64 * 1024 * 1024
export const leastMaxBytes = 64 * 1024
export const greatestMaxBytes = 4 * 1024 * 1024 * 1024
