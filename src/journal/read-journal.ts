import type { Disk } from '../model/disk.js'
import type { JournalEntry, JournalNote } from './journal.js'
import { readEntries } from './read-entries.js'
import { readRecords } from './read-records.js'
import { readChain } from './segment-chain.js'
import { entryBefore } from './segment-entries.js'

/** The job whose journal lies in a folder, as its oldest readable segment says; undefined where there is none. Changes nothing. */
export async function journalJob(disk: Disk, folder: string): Promise<string | undefined> {
  const { segments } = await readChain(disk, folder, () => undefined)
  const job = segments[0]?.header.header['job']
  return typeof job === 'string' ? job : undefined
}

/**
 * Reads a journal without opening it: neither its owner nor its files are touched, so it may be in use. Ends with the last
 * whole entry; what the owner has written but not yet synced may be among them.
 *
 * @param folder `journal` in the job's data folder.
 * @param after Entries after this one; by default all that are kept.
 * @throws MR442, MR443 at the entry that cannot be read, or where `after` lies before all that are kept.
 *
 * @example
 * for await (const item of readJournal(systemDisk, 'data/rooms/journal')) console.log(describeEntry(item))
 */
export async function* readJournal(disk: Disk, folder: string, after?: number): AsyncGenerator<JournalEntry | JournalNote> {
  const { segments } = await readChain(disk, folder)
  let from = 0
  let before: number | undefined
  for (const [i, segment] of segments.entries()) {
    const found = await entryBefore(disk, folder, segment)
    if (found === undefined || (before !== undefined && found >= (after ?? 0))) break
    from = i
    before = found
  }
  const first = segments[from]
  if (!first || before === undefined) return
  const records = readRecords(disk, folder, record => segments.find(({ limit }) => limit >= record), first.header.first - 1)
  yield* readEntries(records, before, after ?? before)
}
