import type { Journal } from '../../journal/journal.js'
import { MillraceError } from '../../model/errors/millrace-error.js'

/** Whether what the journal holds follows the snapshot of `entry`, or, where that is 0, is all that there was. @throws MR450 */
export function checkReach(journal: Pick<Journal, 'last' | 'segments'>, entry: number): void {
  const first = journal.segments()[0]?.first ?? 1
  if (first > entry + 1) {
    const state = entry === 0 ? 'no snapshot is whole' : `the newest whole snapshot is that of entry ${entry}`
    throw new MillraceError('MR450', `the journal begins with entry ${first}, and ${state}`)
  }
  if (journal.last < entry)
    throw new MillraceError('MR450', `the journal ends with entry ${journal.last}, before the snapshot of entry ${entry}`)
}
