import { MillraceError } from '../model/errors/millrace-error.js'
import type { ProcessOptions } from './process-options.js'

/** The value of `--live-readers`, where it is given. @throws MR601 */
export function mostReadersOf({ liveReaders: text }: Pick<ProcessOptions, 'liveReaders'>): { readonly mostReaders?: number } {
  if (text === undefined) return {}
  const mostReaders = Number(text)
  if (Number.isSafeInteger(mostReaders) && mostReaders >= 1 && mostReaders <= 100_000) return { mostReaders }
  throw new MillraceError('MR601', `--live-readers '${text}' is no number of readers`, { hint: 'write 1 … 100000, --live-readers 2000' })
}
