import { MillraceError } from '../model/errors/millrace-error.js'
import { bodyFlag, chunkHeadBytes, entryKinds, linesFlag, plainHeadBytes, timeKinds } from './encode-entry.js'
import type { JournalEntry, JournalNote } from './journal.js'

/** What one record of the journal says; views of its bytes. */
export interface DecodedEntry {
  /** Number of the entry; for a note that of the last entry before it. */
  readonly entry: number
  readonly item: JournalEntry | JournalNote
}

/** The entry's number alone. @throws MR443 */
export function entryNumber(bytes: Uint8Array): { readonly entry: number; readonly note: boolean } {
  if (bytes.length < plainHeadBytes) throw unknown(`a record of ${bytes.length} bytes`)
  return { entry: bufferOf(bytes).readDoubleLE(8), note: bytes[0]! >= entryKinds.acknowledged }
}

/** @throws MR443 for what a newer release wrote: the record's checksum has been seen to be right. */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  const { entry } = entryNumber(bytes)
  switch (bytes[0]) {
    case entryKinds.chunk:
    case entryKinds.reference:
      return { entry, item: decodeInput(bytes, entry) }
    case entryKinds.time: {
      const { sources, wall, stream, partitions } = factsOf(bytes) as {
        readonly sources: readonly string[]
        readonly wall: number
        readonly stream: number
        readonly partitions: readonly (readonly [number, number])[]
      }
      const what = timeKinds[bytes[1]!]
      if (!what) throw unknown(`time of kind ${bytes[1]}`)
      return { entry, item: { kind: 'time', entry, what, sources, wall, stream, partitions: new Map(partitions) } }
    }
    case entryKinds.acknowledged:
      return { entry, item: { ...(factsOf(bytes) as Omit<JournalNote & { kind: 'acknowledged' }, 'kind'>), kind: 'acknowledged' } }
    case entryKinds.bundle:
      return { entry, item: { ...(factsOf(bytes) as Omit<JournalNote & { kind: 'bundle' }, 'kind'>), kind: 'bundle' } }
    default:
      throw unknown(`an entry of kind ${bytes[0]}`)
  }
}

function decodeInput(bytes: Uint8Array, entry: number): JournalEntry {
  if (bytes.length < chunkHeadBytes) throw unknown(`a chunk of ${bytes.length} bytes`)
  const view = bufferOf(bytes)
  const nameBytes = view.readUInt16LE(2)
  const length = view.readUInt32LE(4)
  const clock = { wall: view.readDoubleLE(16), stream: view.readDoubleLE(24), partition: view.readDoubleLE(32) }
  const partition = view.readInt32LE(40)
  const isChunk = bytes[0] === entryKinds.chunk
  const lines = isChunk && (bytes[1]! & linesFlag) !== 0
  const nameAt = chunkHeadBytes + (isChunk ? length * (lines ? 12 : 8) : 0)
  const bytesAt = nameAt + nameBytes
  const end = bytesAt + view.readUInt32LE(44)
  if (end !== bytes.length) throw unknown(`a chunk whose lengths make ${end} bytes of ${bytes.length}`)
  const source = view.toString('utf8', nameAt, bytesAt)
  if (!isChunk) {
    return { kind: 'reference', entry, source, partition, clock, length, reference: view.toString('utf8', bytesAt, end) }
  }
  return {
    kind: 'chunk',
    entry,
    source,
    clock,
    chunk: {
      encoding: (bytes[1]! & bodyFlag) === 0 ? 'amqp' : 'body',
      partition,
      bytes: bytes.subarray(bytesAt, end),
      starts: numbersOf(bytes, chunkHeadBytes, length),
      ends: numbersOf(bytes, chunkHeadBytes + length * 4, length),
      length,
      receipt: 0,
      ...(lines && { lines: numbersOf(bytes, chunkHeadBytes + length * 8, length) }),
    },
  }
}

/** A view where the bytes lie at a multiple of 4, as the reader of segments has them. */
function numbersOf(bytes: Uint8Array, at: number, length: number): Int32Array {
  const from = bytes.byteOffset + at
  if (from % 4 === 0) return new Int32Array(bytes.buffer, from, length)
  return new Int32Array(bytes.slice(at, at + length * 4).buffer)
}

function factsOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(bufferOf(bytes).toString('utf8', plainHeadBytes))
  } catch (cause) {
    throw new MillraceError('MR443', 'the journal holds an entry that does not read', { cause })
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

const unknown = (what: string): MillraceError => new MillraceError('MR443', `the journal holds ${what}, which this release does not know`)
