/** A peer may ask for patience, and not stop a job for a week by a slip of its clock. */
const mostMs = 60 * 60 * 1_000

/**
 * The pause that a `Retry-After` asks for, in ms: seconds, or a date, counted from the answer's own `Date` where it has one, as clocks
 * differ (RFC 9110 §10.2.3). 0 where there is none, or none that can be read; an hour at most.
 *
 * @param wall ms since the epoch.
 * @example
 * retryAfterMs('120', undefined, 0) // 120000
 */
export function retryAfterMs(value: string | undefined, date: string | undefined, wall: number): number {
  if (value === undefined) return 0
  const ms = /^\s*\d+\s*$/.test(value)
    ? Number(value) * 1_000
    : Date.parse(value) - (Number.isNaN(Date.parse(date ?? '')) ? wall : Date.parse(date!))
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), mostMs)
}
