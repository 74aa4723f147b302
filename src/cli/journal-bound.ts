import { isDate } from '../codecs/rfc3339.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Bound } from '../runtime/replay/replay-journal.js'

/** RFC 3339, or its beginning: a date, or a date and a time to the minute. Without an offset it is UTC. */
const timePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](?!24)\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/

/**
 * A place in a journal as an option names it: the number of an entry, or a time.
 *
 * @throws MR601 for what is neither.
 * @example
 * journalBound('--from', '2026-01-05T08:00') // { time: 1767600000000 }
 */
export function journalBound(option: string, text: string | undefined): Bound | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return { entry: Number(text) }
  const found = timePattern.exec(text)
  // `Date.parse` takes the 30th of February for the 2nd of March.
  if (found && isDate(Number(found[1]), Number(found[2]), Number(found[3]))) {
    const time = Date.parse(`${text.replace(' ', 'T')}${text.length > 10 && found[4] === undefined ? 'Z' : ''}`)
    if (Number.isFinite(time)) return { time }
  }
  throw new MillraceError('MR601', `${option} '${text}' is neither an entry nor a time`, {
    hint: `write the number of an entry, ${option} 1200, or a time: ${option} 2026-01-05T08:00:00Z`,
  })
}
