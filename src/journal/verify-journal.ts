import type { Disk } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { decodeEntry } from './decode-entry.js'
import { damagedAt, openRecords, readChain, type Segment } from './segment-chain.js'
import { parseSegmentName } from './segment-name.js'

/** What one segment of a journal holds. */
export interface SegmentFinding {
  readonly segment: string
  readonly epoch: number
  /** Numbers of its first and last entry; undefined where it holds none. */
  readonly entries: { readonly first: number; readonly last: number } | undefined
  readonly notes: number
  readonly messages: number
  /** Readings of the wall clock at its first and last entry that has one, ms since the epoch. */
  readonly wall: { readonly first: number; readonly last: number } | undefined
  /** When it was begun, ms since the epoch; undefined where its header cannot be read. */
  readonly began: number | undefined
  /** Of the file. */
  readonly bytes: number
  /** Bytes at its end that count for nothing: half-written in a crash, or written by one who had been replaced. */
  readonly ignored: number
  /** What is damaged, and where. */
  readonly damage: MillraceError | undefined
}

/**
 * Reads every segment of a journal that nobody needs to have open, and tells what is in it: checksums, numbers and
 * entries. Damage is a finding, not an error.
 *
 * @param folder `journal` in the job's data folder.
 *
 * @example
 * for await (const { segment, damage } of verifyJournal(systemDisk, 'data/rooms/journal')) console.log(segment, damage?.message ?? 'whole')
 */
export async function* verifyJournal(disk: Disk, folder: string): AsyncGenerator<SegmentFinding> {
  const problems = new Map<string, MillraceError>()
  const { segments } = await readChain(disk, folder, (name, error) => problems.set(name, error))
  const found = new Map(segments.map(segment => [segment.name, segment]))
  /** The last entry so far; undefined behind damage. */
  let last: number | undefined
  for (const name of [...found.keys(), ...problems.keys()].sort()) {
    const segment = found.get(name)
    if (!segment) {
      yield {
        ...nothing,
        segment: name,
        epoch: parseSegmentName(name)!.epoch,
        bytes: await sizeOf(disk, `${folder}/${name}`),
        damage: problems.get(name),
      }
      last = undefined
      continue
    }
    const finding = await verifySegment(disk, folder, segment, last)
    yield finding
    last = finding.damage ? undefined : (finding.entries?.last ?? last)
  }
}

const nothing = { entries: undefined, notes: 0, messages: 0, wall: undefined, began: undefined, ignored: 0 }

async function verifySegment(disk: Disk, folder: string, segment: Segment, before: number | undefined): Promise<SegmentFinding> {
  const { name, header, size, limit } = segment
  let last = before
  let entries: SegmentFinding['entries']
  let wall: SegmentFinding['wall']
  let notes = 0
  let messages = 0
  let damage: MillraceError | undefined
  const { reader, close } = await openRecords(disk, folder, segment)
  try {
    while (reader.number < limit && (await reader.next())) {
      const { entry, item } = decodeEntry(reader.bytes)
      const isNote = item.kind === 'acknowledged' || item.kind === 'bundle'
      if (last !== undefined && entry !== (isNote ? last : last + 1)) {
        damage ??= new MillraceError('MR442', `entry ${entry} of ${name} follows entry ${last}`, { notes: [`segment ${name}`] })
      }
      last = entry
      if (isNote) {
        notes++
        continue
      }
      entries = { first: entries?.first ?? entry, last: entry }
      const at = item.kind === 'time' ? item.wall : item.clock.wall
      wall = { first: wall?.first ?? at, last: at }
      if (item.kind === 'chunk') messages += item.chunk.length
      if (item.kind === 'reference') messages += item.length
    }
    const missing = limit === Number.POSITIVE_INFINITY ? (await reader.end()) === 'damaged' : reader.number < limit
    if (missing) damage ??= damagedAt(name, reader.position, reader.number + 1)
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    damage ??= error
  } finally {
    await close()
  }
  const { epoch, began } = header
  return { segment: name, epoch, entries, notes, messages, wall, began, bytes: size, ignored: damage ? 0 : size - reader.position, damage }
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path, 'read')
  try {
    return await file.size()
  } finally {
    await file.close()
  }
}
