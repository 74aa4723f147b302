/** Words of a slot: 4 of the id's hash, 2 of the message's. */
const slotWords = 6

export type Seen = 'new' | 'duplicate' | 'reused'

/** Hashes of message ids with checksums of their messages: open addressing in one typed array, at most half full. */
export class IdGeneration {
  #slots: Uint32Array
  #mask: number
  count: number
  /** The stream clock at the first id. */
  readonly began: number

  constructor(began: number, slots = new Uint32Array(1024 * slotWords), count = 0) {
    this.began = began
    this.#slots = slots
    this.#mask = slots.length / slotWords - 1
    this.count = count
  }

  /** The used words, for a snapshot. */
  get slots(): Uint32Array {
    return this.#slots
  }

  /** `hash` is the id's in words 0 … 3, the message's in words 4 and 5. */
  find(hash: Uint32Array): Seen {
    const at = this.#locate(this.#slots, this.#mask, hash)
    if (this.#free(this.#slots, at)) return 'new'
    return this.#slots[at + 4] === hash[4] && this.#slots[at + 5] === hash[5] ? 'duplicate' : 'reused'
  }

  /** Adds an id, or replaces the checksum of a known one. */
  add(hash: Uint32Array): void {
    if (2 * (this.count + 1) > this.#mask + 1) this.#grow()
    const at = this.#locate(this.#slots, this.#mask, hash)
    if (this.#free(this.#slots, at)) this.count++
    this.#slots.set(hash.subarray(0, slotWords), at)
  }

  #free(slots: Uint32Array, at: number): boolean {
    return slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0 && slots[at + 3] === 0
  }

  #locate(slots: Uint32Array, mask: number, hash: Uint32Array): number {
    for (let slot = hash[0]! & mask; ; slot = (slot + 1) & mask) {
      const at = slot * slotWords
      if (this.#free(slots, at)) return at
      if (slots[at] === hash[0] && slots[at + 1] === hash[1] && slots[at + 2] === hash[2] && slots[at + 3] === hash[3]) return at
    }
  }

  #grow(): void {
    const old = this.#slots
    const larger = new Uint32Array(2 * old.length)
    const mask = larger.length / slotWords - 1
    for (let at = 0; at < old.length; at += slotWords) {
      if (this.#free(old, at)) continue
      const slot = old.subarray(at, at + slotWords)
      larger.set(slot, this.#locate(larger, mask, slot))
    }
    this.#slots = larger
    this.#mask = mask
  }
}
