import { isDeepStrictEqual } from 'node:util'
import { timeOrUndefined } from './test-time.js'

/** Tells whether a result is what a test expects of it. */
export type SameValue = (actual: unknown, expected: unknown) => boolean

/**
 * Values as tests compare them: times may be expected as `Date` or RFC 3339 text, and numbers within a tolerance, which is
 * relative for numbers beyond ±1. NaN equals NaN, and −0 equals 0.
 */
export function sameValue(tolerance: number): SameValue {
  const same: SameValue = (actual, expected) => {
    if (typeof actual === 'number') {
      const wanted = typeof expected === 'number' ? expected : timeOrUndefined(expected)
      if (wanted === undefined) return false
      if (actual === wanted || (Number.isNaN(actual) && Number.isNaN(wanted))) return true
      return typeof expected === 'number' && Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted))
    }
    if (Array.isArray(actual) && Array.isArray(expected)) {
      return actual.length === expected.length && actual.every((value, i) => same(value, expected[i]))
    }
    return isDeepStrictEqual(actual ?? null, expected ?? null)
  }
  return same
}
