import { MillraceError } from '../model/errors/millrace-error.js'

/** A regular expression as a plan holds it. */
export interface PatternValue {
  readonly [key: string]: string
  readonly source: string
  readonly flags: string
}

/**
 * A time zone name that the machine's Intl knows.
 *
 * @throws MR117 otherwise.
 */
export function checkedZone(zone: unknown): string {
  try {
    if (typeof zone === 'string') return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone && zone
  } catch {
    // Intl says RangeError; ours names the remedy.
  }
  throw new MillraceError('MR117', `'${String(zone)}' is not a time zone`)
}

/**
 * A regular expression as data.
 *
 * @throws MR115 when it is none, MR118 when it carries state.
 */
export function checkedPattern(pattern: unknown): PatternValue {
  if (!(pattern instanceof RegExp)) throw new MillraceError('MR115', '`matches` wants a regular expression such as /^a/')
  if (pattern.global || pattern.sticky)
    throw new MillraceError('MR118', `the regular expression ${String(pattern)} has the flag ${pattern.global ? 'g' : 'y'}`)
  return { source: pattern.source, flags: pattern.flags }
}
