import { MillraceError } from '../model/errors/millrace-error.js'
import { decodeEntry } from './decode-entry.js'
import type { JournalEntry, JournalNote } from './journal.js'
import type { LogRecord } from './segment-log.js'

/**
 * Entries after `after`, and the notes among and behind them, from records of which the first follows entry `before`.
 *
 * @throws MR442 for an entry that is missing.
 */
export async function* readEntries(
  records: AsyncIterable<LogRecord>,
  before: number,
  after: number,
): AsyncGenerator<JournalEntry | JournalNote> {
  if (before > after) throw missing(after + 1, `the journal begins at entry ${before + 1}`)
  let last = before
  for await (const { bytes } of records) {
    const { entry, item } = decodeEntry(bytes)
    const isNote = item.kind === 'acknowledged' || item.kind === 'bundle'
    if (entry !== (isNote ? last : last + 1)) throw missing(last + 1, `entry ${entry} follows entry ${last}`)
    if (isNote ? last >= after : entry > after) yield item
    last = entry
  }
}

const missing = (entry: number, why: string): MillraceError =>
  new MillraceError('MR442', `entry ${entry} of the journal is missing: ${why}`, { notes: [`entry ${entry}`] })
