import type { JournalEntry, JournalNote } from '../../journal/journal.js'
import { readJournal } from '../../journal/read-journal.js'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'

/** A place in the journal: the number of an entry, or an arrival time on the job's clock, ms since the epoch. */
export type Bound = { readonly entry: number } | { readonly time: number }

export const isNote = (item: JournalEntry | JournalNote): item is JournalNote => item.kind === 'acknowledged' || item.kind === 'bundle'

/** When an entry came, on the job's clock. */
export const wallOf = (entry: JournalEntry): number => (entry.kind === 'time' ? entry.wall : entry.clock.wall)

/**
 * `readJournal` of a journal that its job goes on writing, and whose oldest segments it may remove meanwhile.
 *
 * @throws MR462 where it has removed one that was still to be read, and what `readJournal` throws
 */
export async function* readKept(disk: Disk, folder: string, after?: number): AsyncGenerator<JournalEntry | JournalNote> {
  try {
    yield* readJournal(disk, folder, after)
  } catch (error) {
    const cause = error instanceof MillraceError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
    if (cause?.code !== 'ENOENT') throw error
    throw new MillraceError('MR462', `retention removed the oldest part of the journal in ${folder} while it was read`, {
      cause,
      hint: 'start again; where the reader of the results holds the replay back, write them --into a file',
    })
  }
}

/** As messages name an entry: `entry 12, of 2026-01-05T08:00:00.000Z`. */
const entryText = (entry: JournalEntry): string => `entry ${entry.entry}, of ${new Date(wallOf(entry)).toISOString()}`

/** Where a stretch begins. */
export interface Located {
  /** The oldest entry that is kept. */
  readonly kept: number
  /** The first entry of the stretch. */
  readonly first: number
}

/**
 * Finds the first entry of a stretch; reads no further.
 *
 * @throws MR462 where no entry lies in it
 */
export async function locate(disk: Disk, folder: string, from: Bound | undefined, to: Bound | undefined): Promise<Located> {
  let kept: number | undefined
  let last: JournalEntry | undefined
  for await (const item of readKept(disk, folder)) {
    if (isNote(item)) continue
    last = item
    const { entry } = item
    kept ??= entry
    if (from !== undefined && ('entry' in from ? entry < from.entry : wallOf(item) < from.time)) continue
    if (!isBeyond(item, to)) return { kept, first: entry }
    const what = from === undefined ? 'the oldest that is kept' : 'the first at or behind its beginning'
    throw new MillraceError('MR462', `no entry lies in the stretch: ${what} is ${entryText(item)}, which is behind its end`)
  }
  if (last === undefined) throw new MillraceError('MR462', `the journal in ${folder} holds no entry`)
  throw new MillraceError('MR462', `the journal in ${folder} ends with ${entryText(last)}, before the stretch begins`)
}

/** Whether an entry lies behind the end of a stretch. */
export const isBeyond = (entry: JournalEntry, to: Bound | undefined): boolean =>
  to !== undefined && ('entry' in to ? entry.entry > to.entry : wallOf(entry) > to.time)
