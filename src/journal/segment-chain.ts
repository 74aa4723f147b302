import type { Disk, DiskFile } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { RecordReader } from './record-reader.js'
import { decodeHeader, headerBytes, recordSeed, type SegmentHeader } from './segment-header.js'
import { parseSegmentName } from './segment-name.js'

/** A segment as it lies on the disk. */
export interface Segment {
  readonly name: string
  readonly header: SegmentHeader
  /** Bytes of the file that may hold records. */
  readonly size: number
  /** Records above it were written by one who had been replaced, and are none; +Infinity for the newest segment. */
  readonly limit: number
}

export interface SegmentChain {
  /** In the order of their records, without gaps: each but the newest ends where the next one begins. */
  readonly segments: readonly Segment[]
  /** Files that hold nothing that counts, oldest first. To be removed in that order: a newer one may say that an older one came too late. */
  readonly shadowed: readonly string[]
}

/**
 * The segments of a folder that count. A later epoch's first segment says where it took over: whatever an earlier epoch
 * wrote at or above that number came too late.
 *
 * @param onProblem Told of headers that cannot be read (MR442, MR443), whose segments are then left out; by default thrown.
 */
export async function readChain(
  disk: Disk,
  folder: string,
  onProblem: (name: string, error: MillraceError) => void = (_name, error) => {
    throw error
  },
): Promise<SegmentChain> {
  const names = (await disk.list(folder)).filter(name => parseSegmentName(name))
  const segments: Segment[] = []
  const shadowed: string[] = []
  let epoch = Number.POSITIVE_INFINITY
  /** First record of the segment after. */
  let limit = Number.POSITIVE_INFINITY
  /** First record of all later epochs, and of all epochs from this one on. */
  let taken = Number.POSITIVE_INFINITY
  let from = Number.POSITIVE_INFINITY
  for (const name of names.toReversed()) {
    const named = parseSegmentName(name)!
    if (named.epoch < epoch) {
      epoch = named.epoch
      taken = Math.min(limit, from)
    }
    if (named.first >= taken) {
      shadowed.unshift(name)
      // Where its epoch took over still counts, for what that hides. One who was replaced may just be writing it, so it need not be whole.
      const hidden = await readHeader(disk, folder, name).catch(() => undefined)
      if (hidden) from = Math.min(from, hidden.header.from)
      continue
    }
    const read = await readHeader(disk, folder, name).catch((error: unknown) => {
      if (!(error instanceof MillraceError)) throw error
      onProblem(name, error)
      return 'problem' as const
    })
    if (!read) continue
    // The epoch's first segments may be gone, and yet what they hid must not come back.
    if (read !== 'problem') from = Math.min(from, read.header.from)
    if (read !== 'problem') segments.unshift({ name, header: read.header, size: read.size, limit: limit - 1 })
    limit = named.first
  }
  return { segments, shadowed }
}

/** Undefined where the segment was never begun in full, or was removed by its owner since the folder was listed. */
async function readHeader(
  disk: Disk,
  folder: string,
  name: string,
): Promise<{ readonly header: SegmentHeader; readonly size: number } | undefined> {
  const file = await disk.open(`${folder}/${name}`, 'read').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const size = await file.size()
    const block = new Uint8Array(headerBytes)
    let length = 0
    while (length < headerBytes) {
      const read = await file.read(block.subarray(length), length)
      if (read === 0) break
      length += read
    }
    const header = decodeHeader(block.subarray(0, length), size, name)
    return header && { header, size }
  } finally {
    await file.close()
  }
}

/** A segment's records, of the part that is known to be there; to be closed. */
export async function openRecords(
  disk: Disk,
  folder: string,
  { name, header, size }: Segment,
): Promise<{ readonly reader: RecordReader; close(): Promise<void> }> {
  let file: DiskFile
  try {
    file = await disk.open(`${folder}/${name}`, 'read')
  } catch (cause) {
    throw new MillraceError('MR442', `${name} cannot be read: ${(cause as Error).message}`, { cause })
  }
  return { reader: new RecordReader(file, header.first, size, recordSeed(header)), close: () => file.close() }
}

/** The error for a record that is not there, or not as it was written. */
export const damagedAt = (segment: string, position: number, record: number): MillraceError =>
  new MillraceError('MR442', `${segment} is damaged at byte ${position}: record ${record} is missing`, {
    notes: [`segment ${segment}`, `byte ${position}`, `record ${record}`],
  })
