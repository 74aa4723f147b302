import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { isNote, readKept } from './replay-journal.js'
import type { KeptSnapshot } from './replay-start.js'

/**
 * Which text of the job took in an entry: the one that a snapshot or a note before it names. Where retention has taken those away, what
 * follows tells, for a text goes on until a note names the next: a snapshot of before that note, or the newest one, which knows how far
 * each former text went.
 *
 * @throws MR463 where nothing tells
 */
export async function bundleAt(disk: Disk, folder: string, first: number, snapshots: readonly KeptSnapshot[]): Promise<string> {
  const before = snapshots.find(({ entry }) => entry < first)
  let bundle = before?.header.bundle
  let passed = 0
  let until = Number.POSITIVE_INFINITY
  for await (const item of readKept(disk, folder, before?.entry)) {
    if (!isNote(item)) {
      if (item.entry >= first && bundle !== undefined) return bundle
      passed = item.entry
    } else if (item.kind === 'bundle') {
      if (passed >= first) {
        until = passed
        break
      }
      bundle = item.bundle
    }
  }
  // One that was taken where the note stands is of the next text.
  const after = snapshots.find(({ entry }) => entry >= first && entry < until)
  const [former, ...others] = Object.entries(snapshots[0]?.header.bundles ?? {}).filter(([, last]) => last === until)
  bundle ??= after?.header.bundle ?? (others.length === 0 ? former?.[0] : undefined)
  if (bundle !== undefined) return bundle
  throw new MillraceError('MR463', `no note in the journal says which text of the job took in entry ${first}`)
}
