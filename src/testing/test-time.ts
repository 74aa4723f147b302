import { MillraceError } from '../model/errors/millrace-error.js'

/** A time as tests write it: ms since the epoch, a `Date`, or RFC 3339 text such as `2026-01-05T08:00:00Z`. */
export type TestTime = number | Date | string

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

/**
 * A time in ms since the epoch, or undefined where the value is none. Text needs its zone: a test must not depend on
 * where it runs.
 */
export function timeOrUndefined(time: unknown): number | undefined {
  const ms = time instanceof Date ? time.getTime() : typeof time === 'string' && rfc3339.test(time) ? Date.parse(time) : time
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : undefined
}

/** @throws MR197 where it is no time. */
export function timeOf(time: TestTime, what: string): number {
  const ms = timeOrUndefined(time)
  if (ms === undefined) throw new MillraceError('MR197', `${what}: ${String(time)} is not a time`)
  return ms
}
