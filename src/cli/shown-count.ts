import { MillraceError } from '../model/errors/millrace-error.js'

/** The value of `--show`. @throws MR601 */
export function shownCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new MillraceError('MR601', `--show '${text}' is no count`, { hint: 'write how many to show, --show 100' })
}
