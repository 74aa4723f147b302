import type { JournalSummary } from '../../../src/model/api.js'
import { byteSize, duration, plural } from './format.js'

/** How large the journal is, what a start would take in again, and how long the last one took. */
export const journalSentence = ({ bytes, behindSnapshot, lastRecoveryMs }: JournalSummary): string => {
  const size = `The journal holds ${byteSize(bytes)}`
  const behind =
    behindSnapshot === 0
      ? 'a start would have nothing to take in again'
      : `a start would take in ${plural(behindSnapshot, 'entry', 'entries')} again`
  const last = lastRecoveryMs === null ? '' : `; the last one took ${duration(lastRecoveryMs)}`
  return `${size}; ${behind}${last}.`
}
