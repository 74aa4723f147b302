import { join } from 'node:path'
import { readSides, type SideChains } from '../../journal/side-files.js'
import { readSnapshotFile } from '../../journal/snapshot-file.js'
import { decodeState } from '../../journal/state-decoder.js'
import type { SegmentFinding } from '../../journal/verify-journal.js'
import type { Disk } from '../../model/disk.js'
import { countLetters } from '../letters/letters-at-rest.js'
import { keptNames, readDataIdentity } from '../recovery/data-identity.js'
import { StoredBundles } from '../recovery/stored-bundle.js'

/** One file beside the journal. */
export interface StateFinding {
  readonly file: string
  readonly about: string
  /** What is wrong with it; undefined: it is whole. */
  readonly damage?: string
}

export interface StateFindings {
  readonly files: readonly StateFinding[]
  /** From what a start would make the state again, or why none could. */
  readonly recovery: { readonly possible: boolean; readonly text: string }
}

/** Reads all that lies beside a job's journal, changing nothing: snapshots with their side files, bundles, dead letters and small files. */
export async function verifyState(disk: Disk, dataDir: string, segments: readonly SegmentFinding[]): Promise<StateFindings> {
  const snapshots = await verifySnapshots(disk, join(dataDir, 'snapshots'))
  const stored = new StoredBundles(disk, join(dataDir, 'bundles'))
  const identity = await verifyIdentity(disk, dataDir, segments)
  const files: StateFinding[] = [identity, ...snapshots.map(({ finding }) => finding)]
  for (const hash of await stored.list()) {
    const file = `bundles/${hash}.mjs`
    const damage = (await failure(() => stored.load(hash)))?.replace(`the stored bundle ${join(dataDir, file)} is `, '')
    files.push(damage === undefined ? { file, about: 'bundle' } : { file, about: 'bundle', damage })
  }
  files.push(...(await verifyLetters(disk, dataDir)), ...(await verifyKept(disk, dataDir)))
  const entries = snapshots.flatMap(({ entry, finding }) => (entry === undefined || finding.damage !== undefined ? [] : [entry]))
  const recovery = recoveryOf(Math.max(0, ...entries), segments)
  const isRefused = recovery.possible && identity.damage !== undefined && identity.damage !== noName
  return { files, recovery: isRefused ? { possible: false, text: `a start refuses the folder: ${identity.file} is damaged` } : recovery }
}

const noName = 'it is missing: a start makes another name, under which rows without a window and dead letters are new ones'

/** The name of the journal. */
async function verifyIdentity(disk: Disk, dataDir: string, segments: readonly SegmentFinding[]): Promise<StateFinding> {
  const file = 'identity.json'
  let id: string | undefined
  const damage = await failure(async () => {
    id = await readDataIdentity(disk, dataDir)
  })
  if (damage !== undefined) return { file, about: 'the name of the journal', damage }
  if (id === undefined && segments.some(({ entries }) => entries)) return { file, about: 'the name of the journal', damage: noName }
  return { file, about: `names the journal: ${id ?? 'not yet'}` }
}

async function verifyLetters(disk: Disk, dataDir: string): Promise<readonly StateFinding[]> {
  const found: StateFinding[] = []
  for (const file of ['dead-letters.1.ndjson', 'dead-letters.ndjson']) {
    const counts = await countLetters(disk, join(dataDir, file))
    if (!counts) continue
    const { letters, damaged } = counts
    const about = `${letters} dead ${letters === 1 ? 'letter' : 'letters'}`
    const lines = damaged === 1 ? '1 line is damaged, and left out' : `${damaged} lines are damaged, and left out`
    found.push({ file, about, ...(damaged > 0 && { damage: `${lines}; whole: ${about}` }) })
  }
  return found
}

async function verifyKept(disk: Disk, dataDir: string): Promise<readonly StateFinding[]> {
  const found: StateFinding[] = []
  for (const file of (await disk.list(dataDir)).filter(name => keptNames.includes(name))) {
    const damage = await failure(() => readSnapshotFile(disk, join(dataDir, file), 'side'))
    found.push({ file, about: 'beside the journal', ...(damage !== undefined && { damage }) })
  }
  return found
}

async function verifySnapshots(disk: Disk, folder: string) {
  const found: { readonly entry: number | undefined; readonly finding: StateFinding }[] = []
  for (const name of await disk.list(folder)) {
    const file = `snapshots/${name}`
    if (name.endsWith('.corrupt')) found.push({ entry: undefined, finding: { file, about: 'put aside as damaged; nothing reads it' } })
    if (!name.endsWith('.snapshot')) continue
    let entry: number | undefined
    let sides: SideChains = {}
    const damage = await failure(async () => {
      const { header, body } = await readSnapshotFile(disk, join(folder, name), 'snapshot')
      decodeState(body)
      entry = header['entry'] as number
      sides = header['sides'] as unknown as SideChains
      await readSides(disk, folder, sides)
    })
    const count = Object.values(sides).reduce((sum, chain) => sum + chain.length, 0)
    const about = entry === undefined ? 'snapshot' : `snapshot behind entry ${entry}, with ${count} side ${count === 1 ? 'file' : 'files'}`
    found.push({ entry, finding: damage === undefined ? { file, about } : { file, about, damage } })
  }
  return found
}

async function failure(read: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Whether a start has no need of a damaged segment beyond its first record, which says what it begins with: that of which all lies
 * before the snapshot. The newest is read to its end in any case, as the journal goes on there.
 */
function isPassedOver(segments: readonly SegmentFinding[], damaged: number, snapshot: number): boolean {
  const { entries, notes } = segments[damaged]!
  const next = segments.slice(damaged + 1).find(segment => segment.entries)?.entries
  return (entries !== undefined || notes > 0) && next !== undefined && next.first - 1 <= snapshot
}

function recoveryOf(snapshot: number, segments: readonly SegmentFinding[]): StateFindings['recovery'] {
  const ranges = segments.flatMap(({ entries }) => (entries ? [entries] : []))
  const first = ranges[0]?.first ?? snapshot + 1
  const last = Math.max(snapshot, ranges.at(-1)?.last ?? 0)
  const base = snapshot === 0 ? 'the beginning of the journal' : `the snapshot behind entry ${snapshot}`
  if (first > snapshot + 1) {
    return {
      possible: false,
      text: `the state cannot be made again: entries ${snapshot + 1}…${first - 1} are gone, and no whole snapshot is behind them`,
    }
  }
  const broken = segments.find(({ damage }, i) => damage && !isPassedOver(segments, i, snapshot))
  if (broken) return { possible: false, text: `the state cannot be made again from ${base}: ${broken.segment} is damaged` }
  if ((ranges.at(-1)?.last ?? 0) < snapshot) {
    return { possible: false, text: `the state cannot be made again: the journal ends before ${base}` }
  }
  const left = last - snapshot
  const again = left === 0 ? 'no entry is' : left === 1 ? '1 entry is' : `${left} entries are`
  return { possible: true, text: `a start makes the state again from ${base}: ${again} taken in once more` }
}
