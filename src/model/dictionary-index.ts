/**
 * Open addressing from hashes to dense ids, with linear probing and removal by backward shift, so that tables that
 * lose keys all day never fill with tombstones. The owner compares values; the index only knows hashes:
 *
 * @example
 * for (let at = hash & index.mask, held = 0; (held = index.slots[at]!) !== 0; at = (at + 1) & index.mask)
 *   if (values[held - 1] === value) return held - 1
 */
export class DictionaryIndex {
  /** Id + 1, or 0 where free. */
  slots = new Int32Array(16)
  mask = 15
  private hashes = new Int32Array(8)
  private used = 0

  /** Makes room for ids below `size`, so that inserting them moves nothing. */
  reserve(size: number): void {
    let capacity = this.slots.length
    while (2 * (size + 1) > capacity) capacity *= 2
    if (capacity > this.slots.length) this.rehash(capacity)
    if (size <= this.hashes.length) return
    const hashes = new Int32Array(size)
    hashes.set(this.hashes)
    this.hashes = hashes
  }

  /** Adds an id that is not in the index. */
  insert(hash: number, id: number): void {
    if (2 * (this.used + 1) > this.slots.length) this.rehash(2 * this.slots.length)
    if (id >= this.hashes.length) {
      const hashes = new Int32Array(Math.max(2 * this.hashes.length, id + 1))
      hashes.set(this.hashes)
      this.hashes = hashes
    }
    this.hashes[id] = hash
    this.place(hash, id + 1)
    this.used++
  }

  /** The hash under which an id was inserted. */
  hashOf(id: number): number {
    return this.hashes[id]!
  }

  /**
   * Takes out an id that is in the index.
   *
   * @throws RangeError when it is not: the caller counts wrongly.
   */
  remove(id: number): void {
    const { slots, mask, hashes } = this
    let hole = hashes[id]! & mask
    while (slots[hole] !== id + 1) {
      // Told twice to forget an id: better a stack than an endless loop.
      if (slots[hole] === 0) throw new RangeError(`id ${id} is not in the index`)
      hole = (hole + 1) & mask
    }
    for (let at = (hole + 1) & mask, held = slots[at]!; held !== 0; at = (at + 1) & mask, held = slots[at]!) {
      const home = hashes[held - 1]! & mask
      // An entry may move back to the hole only if its home does not lie between the hole and its place.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = held
        hole = at
      }
    }
    slots[hole] = 0
    this.used--
  }

  private place(hash: number, held: number): void {
    const { slots, mask } = this
    let at = hash & mask
    while (slots[at] !== 0) at = (at + 1) & mask
    slots[at] = held
  }

  private rehash(capacity: number): void {
    const old = this.slots
    this.slots = new Int32Array(capacity)
    this.mask = capacity - 1
    for (let i = 0; i < old.length; i++) {
      const held = old[i]!
      if (held !== 0) this.place(this.hashes[held - 1]!, held)
    }
  }
}
