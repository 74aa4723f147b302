import type { Chunk } from '../model/chunk.js'
import type { ChunkEntry, JournalEntry, JournalNote, ReferenceEntry, TimeEntry } from './journal.js'

/** First byte of an entry. */
export const entryKinds = { chunk: 1, reference: 2, time: 3, acknowledged: 4, bundle: 5 } as const
export const timeKinds = ['hello', 'tick', 'end'] as const
/** Kind, flags, length of the name, messages, entry. */
export const plainHeadBytes = 16
/** With three clocks, the partition and the length of the bytes. */
export const chunkHeadBytes = 48
export const bodyFlag = 1
export const linesFlag = 2

const encoder = new TextEncoder()

/**
 * Entries as they lie in the journal; see docs/journal-format.md. What `encode` gives are the parts of one record, some of
 * them views of the chunk, valid until the next call.
 */
export class EntryEncoder {
  readonly #head = Buffer.alloc(chunkHeadBytes)
  readonly #names = new Map<string, Uint8Array>()
  #starts = new Int32Array(1_024)
  #ends = new Int32Array(1_024)

  /** @param entry Number of the entry itself; of the one before it for a note. */
  encode(item: JournalEntry | JournalNote, entry: number): readonly Uint8Array[] {
    switch (item.kind) {
      case 'chunk':
        return this.#chunk(item)
      case 'reference':
        return this.#reference(item)
      case 'time':
        return [...this.#plainHead(entryKinds.time, timeKinds.indexOf(item.what), entry), jsonOf(timeFacts(item))]
      case 'acknowledged':
        return [...this.#plainHead(entryKinds.acknowledged, 0, entry), jsonOf({ sink: item.sink, position: item.position })]
      case 'bundle':
        return [...this.#plainHead(entryKinds.bundle, 0, entry), jsonOf({ bundle: item.bundle, plan: item.plan })]
    }
  }

  #plainHead(kind: number, flags: number, entry: number): readonly Uint8Array[] {
    const head = this.#head
    head.fill(0)
    head[0] = kind
    head[1] = flags
    head.writeDoubleLE(entry, 8)
    return [head.subarray(0, plainHeadBytes)]
  }

  #chunk({ entry, source, clock, chunk }: ChunkEntry): readonly Uint8Array[] {
    const { length, bytes, lines } = chunk
    const { from, to } = this.#offsets(chunk)
    const name = this.#name(source)
    const flags = (chunk.encoding === 'body' ? bodyFlag : 0) | (lines ? linesFlag : 0)
    const head = this.#clockHead({
      kind: entryKinds.chunk,
      flags,
      name,
      length,
      entry,
      clock,
      partition: chunk.partition,
      bytes: to - from,
    })
    const parts = [head, bytesOf(this.#starts, length), bytesOf(this.#ends, length)]
    if (lines) parts.push(bytesOf(lines, length))
    parts.push(name, bytes.subarray(from, to))
    return parts
  }

  #reference({ entry, source, clock, partition, length, reference }: ReferenceEntry): readonly Uint8Array[] {
    const name = this.#name(source)
    const text = encoder.encode(reference)
    return [
      this.#clockHead({ kind: entryKinds.reference, flags: 0, name, length, entry, clock, partition, bytes: text.length }),
      name,
      text,
    ]
  }

  /** Starts and ends from the first byte that any message has; gives the range of the bytes. */
  #offsets({ starts, ends, length }: Chunk): { readonly from: number; readonly to: number } {
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
    for (let i = 0; i < length; i++) {
      this.#starts[i] = starts[i]! - from
      this.#ends[i] = ends[i]! - from
    }
    return { from, to }
  }

  #clockHead(of: {
    readonly kind: number
    readonly flags: number
    readonly name: Uint8Array
    readonly length: number
    readonly entry: number
    readonly clock: ChunkEntry['clock']
    readonly partition: number
    readonly bytes: number
  }): Uint8Array {
    const head = this.#head
    head[0] = of.kind
    head[1] = of.flags
    head.writeUInt16LE(of.name.length, 2)
    head.writeUInt32LE(of.length, 4)
    head.writeDoubleLE(of.entry, 8)
    head.writeDoubleLE(of.clock.wall, 16)
    head.writeDoubleLE(of.clock.stream, 24)
    head.writeDoubleLE(of.clock.partition, 32)
    head.writeInt32LE(of.partition, 40)
    head.writeUInt32LE(of.bytes, 44)
    return head
  }

  /** As many as the job has sources. */
  #name(source: string): Uint8Array {
    let name = this.#names.get(source)
    if (!name) {
      name = encoder.encode(source)
      this.#names.set(source, name)
    }
    return name
  }
}

const timeFacts = ({ sources, wall, stream, partitions }: TimeEntry): object => ({ sources, wall, stream, partitions: [...partitions] })

const jsonOf = (facts: object): Uint8Array => encoder.encode(JSON.stringify(facts))

const bytesOf = (numbers: Int32Array, length: number): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, length * 4)
