import { DictionaryIds } from '../model/dictionary-ids.js'
import type { State } from '../model/state.js'

function grown<A extends Int32Array | Float64Array>(array: A, length: number): A {
  if (length <= array.length) return array
  const out = new (array.constructor as new (length: number) => A)(Math.max(length, 2 * array.length))
  out.set(array)
  return out
}

/**
 * Any number of entries a slot, each a number or two, in typed memory: per slot a list from the last entry to the first.
 * Entries are numbered; 0 is none.
 */
export class SlotEntries {
  /** By slot: its last entry and how many it has. */
  last = new Int32Array(0)
  counts = new Int32Array(0)
  /** By entry: whose it is, the entry before it, and what it holds. */
  slots = new Int32Array(16)
  before = new Int32Array(16)
  times = new Float64Array(16)
  values = new Float64Array(16)
  readonly #ids = new DictionaryIds()

  /** Room for slots 0 … capacity − 1. */
  grow(capacity: number): void {
    this.last = grown(this.last, capacity)
    this.counts = grown(this.counts, capacity)
  }

  /** A new entry of a slot in front of `after`, or as the last one where `after` is 0. */
  add(slot: number, value: number, time = 0, after = 0): number {
    const entry = this.#ids.take() + 1
    if (entry >= this.slots.length) {
      this.slots = grown(this.slots, entry + 1)
      this.before = grown(this.before, entry + 1)
      this.times = grown(this.times, entry + 1)
      this.values = grown(this.values, entry + 1)
    }
    this.slots[entry] = slot
    this.values[entry] = value
    this.times[entry] = time
    if (after === 0) {
      this.before[entry] = this.last[slot]!
      this.last[slot] = entry
    } else {
      this.before[entry] = this.before[after]!
      this.before[after] = entry
    }
    this.counts[slot]!++
    return entry
  }

  /** Takes the last entry of a slot away; what it held can be read until the next is added. */
  pop(slot: number): number {
    const entry = this.last[slot]!
    this.last[slot] = this.before[entry]!
    this.counts[slot]!--
    this.#ids.give(entry - 1)
    return entry
  }

  /** The entries of a slot, first to last. */
  of(slot: number): Int32Array {
    const entries = new Int32Array(this.counts[slot]!)
    for (let i = entries.length - 1, entry = this.last[slot]!; i >= 0; i--, entry = this.before[entry]!) entries[i] = entry
    return entries
  }

  /** All entries, as they lie in memory. */
  snapshot(): State {
    const size = this.#ids.size + 1
    return {
      ids: this.#ids.snapshot(),
      slots: this.slots.slice(0, size),
      before: this.before.slice(0, size),
      times: this.times.slice(0, size),
      values: this.values.slice(0, size),
    }
  }

  /** Into no entries, with room for their slots. Gives the numbers of those restored. */
  restore(state: State): Int32Array {
    const saved = state as { ids: State; slots: Int32Array; before: Int32Array; times: Float64Array; values: Float64Array }
    this.#ids.restore(saved.ids)
    const size = this.#ids.size + 1
    this.slots = grown(saved.slots.slice(), Math.max(16, size))
    this.before = grown(saved.before.slice(), Math.max(16, size))
    this.times = grown(saved.times.slice(), Math.max(16, size))
    this.values = grown(saved.values.slice(), Math.max(16, size))
    const freed = this.#ids.freed()
    const live = new Int32Array(this.#ids.live)
    let count = 0
    const followed = new Uint8Array(size)
    for (let entry = 1; entry < size; entry++) {
      if (freed[entry - 1] === 1) continue
      live[count++] = entry
      followed[this.before[entry]!] = 1
    }
    for (const entry of live) {
      const slot = this.slots[entry]!
      this.counts[slot]!++
      if (followed[entry] === 0) this.last[slot] = entry
    }
    return live
  }
}
