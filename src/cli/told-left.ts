import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'

/** Whether a start ended because that was asked for; then the log says what was left, and nothing is amiss. */
export function toldLeft(error: unknown, log: Log): boolean {
  if (!(error instanceof MillraceError) || error.code !== 'MR416') return false
  log.warn(error.message, { code: error.code })
  return true
}
