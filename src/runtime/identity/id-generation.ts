/** Words of a record: 4 of the id's hash, 2 of the checksum of its message. */
export const recordWords = 6
export const recordBytes = 4 * recordWords
/** Records of a block: what was remembered is never copied to make room. */
const blockBits = 13
const blockRecords = 1 << blockBits
const inBlock = blockRecords - 1
/** So many messages with one id are compared: a device that gives all its messages one id must not cost more and more. */
export const messagesAnId = 16

/** Records for which there is room from the beginning, and which are found new places at one go. */
const smallest = 1_024
const largestMove = 65_536

export type Seen = 'new' | 'duplicate' | 'reused'

/**
 * Hashes of message ids with checksums of their messages, in the order in which they came, and where each id lies among
 * them: open addressing, at most half full. A function of what was added, in this order, alone.
 */
export class IdGeneration {
  /** The stream clock at the first id. */
  readonly began: number
  /** The journal entry of the first id. */
  readonly entry: number
  #count = 0
  readonly #blocks: Uint32Array[] = []
  /** By block, only where an id came again: 1 + the record before with the same id; 0 for none. */
  readonly #earlier: (Int32Array | undefined)[] = []
  /** 1 + the newest record of an id; above it bits of the id's hash, which spare a look at most other records; 0 for none. */
  #slots: Uint32Array
  readonly #most: number
  readonly #recordBits: number
  /** Bits of a slot that are the record's. */
  readonly #recordMask: number
  /** Where `find` looked last. */
  #slot = 0

  /** Takes `most` records; the `expected` ones have room without growth. @throws RangeError above 2³¹ − 2. */
  constructor(began: number, entry: number, most: number, expected = 0) {
    if (most > 2 ** 31 - 2) throw new RangeError(`${most} ids are too many to remember`)
    this.began = began
    this.entry = entry
    this.#most = most
    this.#recordBits = 32 - Math.clz32(most)
    this.#recordMask = 2 ** this.#recordBits - 1
    this.#slots = new Uint32Array(slotsFor(Math.max(expected, smallest)))
  }

  get count(): number {
    return this.#count
  }

  /**
   * Reads the slots at which ids will be looked for, so that they are in the processor's cache then: reads that do not wait
   * for each other are under way together.
   */
  touch(hashes: Uint32Array, from: number, to: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let sum = 0
    for (let at = from; at < to; at += recordWords) sum ^= slots[hashes[at]! & mask]!
    // Kept somewhere: reads whose result nobody uses may be left out.
    this.#slot = sum & mask
  }

  /** From `at` on `hash` is the id's in words 0 … 3, the message's in words 4 and 5. */
  find(hash: Uint32Array, at: number): Seen {
    this.#slot = this.#locate(hash, at)
    let record = (this.#slots[this.#slot]! & this.#recordMask) - 1
    if (record < 0) return 'new'
    for (let n = 0; n < messagesAnId && record >= 0; n++) {
      const block = this.#blocks[record >> blockBits]!
      const own = (record & inBlock) * recordWords
      if (block[own + 4] === hash[at + 4] && block[own + 5] === hash[at + 5]) return 'duplicate'
      record = (this.#earlier[record >> blockBits]?.[record & inBlock] ?? 0) - 1
    }
    return 'reused'
  }

  /** Adds what `find` has just looked for. */
  add(hash: Uint32Array, at: number): void {
    if (2 * (this.#count + 1) > this.#slots.length) {
      this.#grow()
      this.#slot = this.#locate(hash, at)
    }
    const record = this.#count++
    if ((record & inBlock) === 0) {
      this.#blocks.push(new Uint32Array(blockRecords * recordWords))
      this.#earlier.push(undefined)
    }
    const block = this.#blocks[record >> blockBits]!
    const own = (record & inBlock) * recordWords
    for (let i = 0; i < recordWords; i++) block[own + i] = hash[at + i]!
    const known = this.#slots[this.#slot]! & this.#recordMask
    if (known > 0) this.#link(record, known)
    this.#slots[this.#slot] = this.#tag(hash, at) | (record + 1)
  }

  #link(record: number, known: number): void {
    const index = record >> blockBits
    this.#earlier[index] ??= new Int32Array(blockRecords)
    this.#earlier[index][record & inBlock] = known
  }

  /** Copies the records from number `from` on, for a snapshot. */
  copy(from: number, into: Uint32Array): void {
    for (let record = from; record < this.#count; ) {
      const until = Math.min(this.#count, (record | inBlock) + 1)
      const start = (record & inBlock) * recordWords
      const words = this.#blocks[record >> blockBits]!.subarray(start, start + (until - record) * recordWords)
      into.set(words, (record - from) * recordWords)
      record = until
    }
  }

  #tag(hash: Uint32Array, at: number): number {
    return (hash[at + 1]! << this.#recordBits) >>> 0
  }

  #locate(hash: Uint32Array, at: number): number {
    const slots = this.#slots
    const recordMask = this.#recordMask
    const tag = this.#tag(hash, at)
    const mask = slots.length - 1
    for (let slot = hash[at]! & mask; ; slot = (slot + 1) & mask) {
      const held = slots[slot]!
      if (held === 0) return slot
      if ((held & ~recordMask) >>> 0 !== tag) continue
      const record = (held & recordMask) - 1
      const block = this.#blocks[record >> blockBits]!
      const own = (record & inBlock) * recordWords
      if (isAt(block, own, hash, at)) return slot
    }
  }

  /** In few and large steps, the last one to the full size: to find places for many records takes long. */
  #grow(): void {
    const { length } = this.#slots
    this.#slots = new Uint32Array(length >= slotsFor(largestMove) ? Math.max(slotsFor(this.#most), 2 * length) : 8 * length)
    for (let record = 0; record < this.#count; record++) {
      const at = (record & inBlock) * recordWords
      const block = this.#blocks[record >> blockBits]!
      this.#slots[this.#locate(block, at)] = this.#tag(block, at) | (record + 1)
    }
  }
}

const isAt = (block: Uint32Array, own: number, hash: Uint32Array, at: number): boolean =>
  block[own] === hash[at] && block[own + 1] === hash[at + 1] && block[own + 2] === hash[at + 2] && block[own + 3] === hash[at + 3]

/** At most half of the slots are used. */
const slotsFor = (records: number): number => 2 ** Math.ceil(Math.log2(2 * records))
