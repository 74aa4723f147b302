import type { JournalEntry, JournalNote } from '../../journal/journal.js'
import { readJournal } from '../../journal/read-journal.js'
import type { Disk } from '../../model/disk.js'

/** A place in the journal: the number of an entry, or an arrival time on the job's clock, ms since the epoch. */
export type Bound = { readonly entry: number } | { readonly time: number }

export const isNote = (item: JournalEntry | JournalNote): item is JournalNote => item.kind === 'acknowledged' || item.kind === 'bundle'

/** When an entry came, on the job's clock. */
export const wallOf = (entry: JournalEntry): number => (entry.kind === 'time' ? entry.wall : entry.clock.wall)

/** Where a stretch lies. */
export interface Located {
  /** The oldest entry that is kept; undefined: the journal is empty. */
  readonly kept: number | undefined
  /** The first entry of the stretch; undefined: none is at or behind its beginning. */
  readonly first: number | undefined
}

/** Finds the first entry at or behind a bound; reads no further. */
export async function locate(disk: Disk, folder: string, from: Bound | undefined): Promise<Located> {
  let kept: number | undefined
  for await (const item of readJournal(disk, folder)) {
    if (isNote(item)) continue
    const { entry } = item
    kept ??= entry
    if (from === undefined) return { kept, first: entry }
    if ('entry' in from ? entry >= from.entry : wallOf(item) >= from.time) return { kept, first: entry }
  }
  return { kept, first: undefined }
}

/** Whether an entry lies behind the end of a stretch. */
export const isBeyond = (entry: JournalEntry, to: Bound | undefined): boolean =>
  to !== undefined && ('entry' in to ? entry.entry > to.entry : wallOf(entry) > to.time)
