import type { Chunk } from '../model/chunk.js'
import type {
  AcknowledgedNote,
  BundleNote,
  ChunkEntry,
  EntryClock,
  JournalEntry,
  JournalNote,
  ReferenceEntry,
  TimeEntry,
} from './journal.js'

/** First byte of an entry; notes are numbered from 16 on. */
export const entryKinds = { chunk: 1, reference: 2, time: 3, retry: 4, sliced: 5, acknowledged: 16, bundle: 17 } as const
export const timeKinds = ['hello', 'tick', 'end'] as const
/** Bytes before what the kinds have of their own: kind, flags, u16, u32, number of the entry. */
export const commonBytes = 16
/** Bytes before the columns of a chunk, the text of a reference, the partitions of a time. */
export const inputHeadBytes = 48
export const timeHeadBytes = 40
export const acknowledgedHeadBytes = 32
export const bodyFlag = 1
export const linesFlag = 2
export const positionFlag = 4
export const presettledFlag = 8

const encoder = new TextEncoder()
const headCapacity = inputHeadBytes

/**
 * Entries as they lie in the journal, little-endian; see docs/journal-format.md. What `encode` gives are the parts of one
 * record, some of them views of the chunk, valid until the next call.
 */
export class EntryEncoder {
  readonly #head = Buffer.alloc(headCapacity)
  readonly #names = new Map<string, Uint8Array>()
  #starts = new Int32Array(1_024)
  #ends = new Int32Array(1_024)

  /** @param entry Number of the entry itself; of the one before it for a note. */
  encode(item: JournalEntry | JournalNote, entry: number): readonly Uint8Array[] {
    this.#head.fill(0)
    this.#head[0] = entryKinds[item.kind]
    this.#head.writeDoubleLE(entry, 8)
    switch (item.kind) {
      case 'chunk':
        return this.#chunk(item)
      case 'reference':
        return this.#reference(item)
      case 'time':
        return this.#time(item)
      case 'acknowledged':
        return this.#acknowledged(item)
      case 'bundle':
        return this.#bundle(item)
    }
  }

  #chunk({ source, clock, chunk, retryOf, slice }: ChunkEntry): readonly Uint8Array[] {
    const { length, bytes, lines, partition, position, presettled = 0 } = chunk
    const { from, to } = this.#offsets(chunk)
    const name = this.#name(source)
    const own = retryOf !== undefined ? this.#letter(retryOf) : slice !== undefined ? this.#slice(slice) : []
    const extra = own.reduce((sum, part) => sum + part.length, 0)
    this.#input({ name, length, clock, partition, bytes: extra + to - from })
    const parts = [this.#head.subarray(0, inputHeadBytes), bytesOf(this.#starts, length), bytesOf(this.#ends, length)]
    const put = (flag: number, part: Uint8Array): void => {
      this.#head[1]! |= flag
      parts.push(part)
    }
    if (chunk.encoding === 'body') this.#head[1]! |= bodyFlag
    if (lines) put(linesFlag, bytesOf(lines, length))
    parts.push(name, ...own, bytes.subarray(from, to))
    if (presettled > 0) put(presettledFlag, bytesOf(Int32Array.of(presettled), 1))
    if (position !== undefined) put(positionFlag, encoder.encode(position))
    return parts
  }

  /** A kind of its own: a release that knows no retries must not take it for new input. */
  #letter(retryOf: string): readonly Uint8Array[] {
    this.#head[0] = entryKinds.retry
    const id = encoder.encode(retryOf)
    return [Uint8Array.of(id.length & 0xff, id.length >>> 8), id]
  }

  /** A kind of its own, too: a release that cuts otherwise must not take it for one of its own. */
  #slice(slice: number): readonly Uint8Array[] {
    this.#head[0] = entryKinds.sliced
    return [bytesOf(Int32Array.of(slice), 1)]
  }

  #reference({ source, clock, partition, length, reference }: ReferenceEntry): readonly Uint8Array[] {
    const name = this.#name(source)
    const text = encoder.encode(reference)
    this.#input({ name, length, clock, partition, bytes: text.length })
    return [this.#head.subarray(0, inputHeadBytes), name, text]
  }

  #time({ what, sources, wall, stream, partitions }: TimeEntry): readonly Uint8Array[] {
    const head = this.#head
    const names = sources.map(source => this.#name(source))
    head[1] = timeKinds.indexOf(what)
    head.writeUInt32LE(partitions.size, 4)
    head.writeDoubleLE(wall, 16)
    head.writeDoubleLE(stream, 24)
    head.writeUInt32LE(names.length, 32)
    const clocks = new DataView(new ArrayBuffer(partitions.size * 16))
    let at = 0
    for (const [origin, clock] of partitions) {
      clocks.setFloat64(at, origin, true)
      clocks.setFloat64(at + 8, clock, true)
      at += 16
    }
    const lengths = new DataView(new ArrayBuffer(names.length * 4))
    for (const [i, name] of names.entries()) lengths.setUint32(i * 4, name.length, true)
    return [head.subarray(0, timeHeadBytes), new Uint8Array(clocks.buffer), new Uint8Array(lengths.buffer), ...names]
  }

  #acknowledged({ sink, position, rows = 0 }: AcknowledgedNote): readonly Uint8Array[] {
    this.#head.writeUInt32LE(rows, 4)
    this.#head.writeDoubleLE(position.entry, 16)
    this.#head.writeDoubleLE(position.ordinal, 24)
    return [this.#head.subarray(0, acknowledgedHeadBytes), this.#name(sink)]
  }

  #bundle({ bundle, plan, semantics, release }: BundleNote): readonly Uint8Array[] {
    const name = encoder.encode(bundle)
    this.#head.writeUInt32LE(name.length, 4)
    const lines = semantics === undefined ? [plan] : [plan, JSON.stringify(semantics), release ?? []].flat()
    return [this.#head.subarray(0, commonBytes), name, encoder.encode(lines.join('\n'))]
  }

  /** Starts and ends from the first byte that any message has; gives the range of the bytes. */
  #offsets({ starts, ends, length, head = 0 }: Chunk): { readonly from: number; readonly to: number } {
    if (this.#starts.length < length) {
      this.#starts = new Int32Array(length * 2)
      this.#ends = new Int32Array(length * 2)
    }
    let from = length === 0 ? 0 : Number.POSITIVE_INFINITY
    let to = 0
    for (let i = 0; i < length; i++) {
      if (starts[i]! < from) from = starts[i]!
      if (ends[i]! > to) to = ends[i]!
    }
    if (length > 0) from -= head
    for (let i = 0; i < length; i++) {
      this.#starts[i] = starts[i]! - from
      this.#ends[i] = ends[i]! - from
    }
    return { from, to }
  }

  #input(of: {
    readonly name: Uint8Array
    readonly length: number
    readonly clock: EntryClock
    readonly partition: number
    readonly bytes: number
  }): void {
    const head = this.#head
    head.writeUInt16LE(of.name.length, 2)
    head.writeUInt32LE(of.length, 4)
    head.writeDoubleLE(of.clock.wall, 16)
    head.writeDoubleLE(of.clock.stream, 24)
    head.writeDoubleLE(of.clock.partition, 32)
    head.writeInt32LE(of.partition, 40)
    head.writeUInt32LE(of.bytes, 44)
  }

  /** As many as the job has sources and sinks. */
  #name(source: string): Uint8Array {
    let name = this.#names.get(source)
    if (!name) {
      name = encoder.encode(source)
      this.#names.set(source, name)
    }
    return name
  }
}

/** The platform's order of bytes is little-endian wherever Node runs. */
const bytesOf = (numbers: Int32Array, length: number): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, length * 4)
