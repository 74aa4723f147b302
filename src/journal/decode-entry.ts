import { MillraceError } from '../model/errors/millrace-error.js'
import {
  acknowledgedHeadBytes,
  bodyFlag,
  commonBytes,
  entryKinds,
  inputHeadBytes,
  linesFlag,
  positionFlag,
  presettledFlag,
  timeHeadBytes,
  timeKinds,
} from './encode-entry.js'
import type { AcknowledgedNote, BundleNote, ChunkEntry, JournalEntry, JournalNote, ReferenceEntry, TimeEntry } from './journal.js'

/** What one record of the journal says; views of its bytes. */
export interface DecodedEntry {
  /** Number of the entry; for a note that of the last entry before it. */
  readonly entry: number
  readonly item: JournalEntry | JournalNote
}

/** The entry's number alone, and that of the last entry before the record. @throws MR443 */
export function entryNumber(bytes: Uint8Array): { readonly entry: number; readonly before: number } {
  if (bytes.length < commonBytes) throw unknown(`a record of ${bytes.length} bytes`)
  const entry = bufferOf(bytes).readDoubleLE(8)
  return { entry, before: bytes[0]! < entryKinds.acknowledged ? entry - 1 : entry }
}

/** @throws MR443 for what a newer release wrote: the record's checksum has been seen to be right. */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  const { entry } = entryNumber(bytes)
  const view = bufferOf(bytes)
  try {
    return { entry, item: decode(view, entry) }
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    throw new MillraceError('MR443', `entry ${entry} of the journal does not read: ${(cause as Error).message}`, { cause })
  }
}

function decode(view: Buffer, entry: number): JournalEntry | JournalNote {
  switch (view[0]) {
    case entryKinds.chunk:
      return decodeChunk(view, entry)
    case entryKinds.retry:
      return decodeRetry(view, entry)
    case entryKinds.sliced:
      return decodeSliced(view, entry)
    case entryKinds.reference:
      return decodeReference(view, entry)
    case entryKinds.time:
      return decodeTime(view, entry)
    case entryKinds.acknowledged:
      return decodeAcknowledged(view)
    case entryKinds.bundle:
      return decodeBundle(view)
    default:
      throw unknown(`an entry of kind ${view[0]}`)
  }
}

function decodeChunk(view: Buffer, entry: number): ChunkEntry {
  const length = view.readUInt32LE(4)
  const has = (flag: number): boolean => (view[1]! & flag) !== 0
  const lines = has(linesFlag)
  const nameAt = inputHeadBytes + length * (lines ? 12 : 8)
  const { bytesAt, end, source } = namedBytes(view, nameAt, has(positionFlag) || has(presettledFlag))
  const presettled = has(presettledFlag) ? view.readUInt32LE(end) : 0
  const rest = has(presettledFlag) ? end + 4 : end
  if (!has(positionFlag) && rest !== view.length) throw unknown(`a chunk whose lengths make ${rest} bytes of ${view.length}`)
  const starts = numbersOf(view, inputHeadBytes, length)
  return {
    kind: 'chunk',
    entry,
    source,
    clock: clockOf(view),
    chunk: {
      encoding: has(bodyFlag) ? 'body' : 'amqp',
      partition: view.readInt32LE(40),
      bytes: new Uint8Array(view.buffer, view.byteOffset + bytesAt, end - bytesAt),
      starts,
      ends: numbersOf(view, inputHeadBytes + length * 4, length),
      length,
      receipt: 0,
      ...(lines && { lines: numbersOf(view, inputHeadBytes + length * 8, length) }),
      ...(length > 0 && starts[0]! > 0 && { head: starts[0]! }),
      ...(presettled > 0 && { presettled }),
      ...(has(positionFlag) && { position: view.toString('utf8', rest) }),
    },
  }
}

/** A chunk whose bytes begin with the id of the letter. */
function decodeRetry(view: Buffer, entry: number): ChunkEntry {
  const retried = decodeChunk(view, entry)
  const bytes = bufferOf(retried.chunk.bytes)
  const idAt = 2
  const end = idAt + bytes.readUInt16LE(0)
  if (end > bytes.length) throw unknown('a retry that ends within the name of its letter')
  return {
    ...retried,
    retryOf: bytes.toString('utf8', idAt, end),
    chunk: { ...retried.chunk, bytes: retried.chunk.bytes.subarray(end) },
  }
}

/** A chunk whose bytes begin with the number of rows that go through at once. */
function decodeSliced(view: Buffer, entry: number): ChunkEntry {
  const sliced = decodeChunk(view, entry)
  const { bytes } = sliced.chunk
  const slice = bufferOf(bytes).readInt32LE(0)
  if (slice < 1) throw unknown(`a chunk in slices of ${slice} rows`)
  return { ...sliced, slice, chunk: { ...sliced.chunk, bytes: bytes.subarray(4) } }
}

function decodeReference(view: Buffer, entry: number): ReferenceEntry {
  const { bytesAt, end, source } = namedBytes(view, inputHeadBytes)
  return {
    kind: 'reference',
    entry,
    source,
    partition: view.readInt32LE(40),
    clock: clockOf(view),
    length: view.readUInt32LE(4),
    reference: view.toString('utf8', bytesAt, end),
  }
}

function decodeTime(view: Buffer, entry: number): TimeEntry {
  const what = timeKinds[view[1]!]
  if (!what) throw unknown(`time of kind ${view[1]}`)
  const partitions = new Map<number, number>()
  let at = timeHeadBytes
  for (let left = view.readUInt32LE(4); left > 0; left--, at += 16) partitions.set(view.readDoubleLE(at), view.readDoubleLE(at + 8))
  const names = view.readUInt32LE(32)
  const sources: string[] = []
  let from = at + names * 4
  for (let i = 0; i < names; i++, at += 4) {
    const to = from + view.readUInt32LE(at)
    sources.push(view.toString('utf8', from, to))
    from = to
  }
  if (from !== view.length) throw unknown(`a time whose lengths make ${from} bytes of ${view.length}`)
  return { kind: 'time', entry, what, sources, wall: view.readDoubleLE(16), stream: view.readDoubleLE(24), partitions }
}

function decodeAcknowledged(view: Buffer): AcknowledgedNote {
  const rows = view.readUInt32LE(4)
  return {
    kind: 'acknowledged',
    sink: view.toString('utf8', acknowledgedHeadBytes),
    position: { entry: view.readDoubleLE(16), ordinal: view.readDoubleLE(24) },
    ...(rows > 0 && { rows }),
  }
}

function decodeBundle(view: Buffer): BundleNote {
  const planAt = commonBytes + view.readUInt32LE(4)
  const bundle = view.toString('utf8', commonBytes, planAt)
  const [plan, semantics, release] = view.toString('utf8', planAt).split('\n') as [string, string?, string?]
  return {
    kind: 'bundle',
    bundle,
    plan,
    ...(semantics !== undefined && { semantics: JSON.parse(semantics) as Record<string, number> }),
    ...(release !== undefined && { release }),
  }
}

const clockOf = (view: Buffer): ChunkEntry['clock'] => ({
  wall: view.readDoubleLE(16),
  stream: view.readDoubleLE(24),
  partition: view.readDoubleLE(32),
})

/** The source's name, and where the bytes behind it lie, which end the record. */
function namedBytes(
  view: Buffer,
  nameAt: number,
  goesOn = false,
): { readonly bytesAt: number; readonly end: number; readonly source: string } {
  const bytesAt = nameAt + view.readUInt16LE(2)
  const end = bytesAt + view.readUInt32LE(44)
  if (goesOn ? end > view.length : end !== view.length) throw unknown(`a chunk whose lengths make ${end} bytes of ${view.length}`)
  return { bytesAt, end, source: view.toString('utf8', nameAt, bytesAt) }
}

/** A view where the bytes lie at a multiple of 4, as the reader of segments has them. */
function numbersOf(view: Buffer, at: number, length: number): Int32Array {
  const from = view.byteOffset + at
  if (from % 4 === 0) return new Int32Array(view.buffer, from, length)
  return new Int32Array(new Uint8Array(view.subarray(at, at + length * 4)).buffer)
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

const unknown = (what: string): MillraceError => new MillraceError('MR443', `the journal holds ${what}, which this release does not know`)
