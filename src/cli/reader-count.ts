import { MillraceError } from '../model/errors/millrace-error.js'

/** The value of `--live-readers`. @throws MR601 */
export function readerCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1 && count <= 100_000) return count
  throw new MillraceError('MR601', `--live-readers '${text}' is no number of readers`, { hint: 'write 1 … 100000, --live-readers 2000' })
}
