import { type Column, isNullAt } from '../model/columns.js'
import { DictionaryIndex } from '../model/dictionary-index.js'
import { hashSecret } from '../model/hash-secret.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import type { Accumulator } from './aggregate.js'
import { KeptValues } from './kept-values.js'
import { SlotEntries } from './slot-entries.js'

const word = new Float64Array(1)
const halves = new Int32Array(word.buffer)

function hashOf(slot: number, value: number): number {
  word[0] = value
  const high = Math.imul(halves[1]! ^ hashSecret[2]! ^ Math.imul(slot, 0x9e3779b1), 0x85ebca6b)
  const hash = Math.imul(halves[0]! ^ hashSecret[3]! ^ high ^ (high >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 15)
}

/** The different values of each slot. Both zeros are one value; so are all NaN. */
export class CountDistinctAccumulator implements Accumulator {
  readonly #kept: KeptValues
  readonly #entries = new SlotEntries()
  readonly #index = new DictionaryIndex()

  constructor(type: ValueType) {
    this.#kept = new KeptValues(type)
  }

  grow(capacity: number): void {
    this.#entries.grow(capacity)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    for (let i = from; i < to; i++) {
      if (!isNullAt(input!, i)) this.#insert(slots[i]!, this.#kept.numberOf(input!, i))
    }
    this.#kept.sweep()
  }

  merge(other: CountDistinctAccumulator, slots: Int32Array, count: number): void {
    const theirs = other.#entries
    for (let i = 0; i < count; i++) {
      for (let entry = theirs.last[slots[i]!]!; entry !== 0; entry = theirs.before[entry]!) {
        this.#insert(slots[i]!, this.#kept.adopted(other.#kept, theirs.values[entry]!))
      }
    }
    this.#kept.sweep()
  }

  results(slots: Int32Array, count: number): Column {
    const values = new Float64Array(count)
    for (let i = 0; i < count; i++) values[i] = this.#entries.counts[slots[i]!]!
    return { type: 'number', values, nulls: undefined }
  }

  reset(slots: Int32Array, count: number): void {
    const entries = this.#entries
    for (let i = 0; i < count; i++) {
      while (entries.last[slots[i]!] !== 0) {
        const entry = entries.pop(slots[i]!)
        this.#index.remove(entry)
        this.#kept.release(entries.values[entry]!)
      }
    }
    this.#kept.sweep()
  }

  /** All that it holds, whatever the slots: a slot without values takes no memory here. */
  snapshot(): State {
    return { kept: this.#kept.snapshot(), entries: this.#entries.snapshot() }
  }

  restore(state: State): void {
    const { kept, entries } = state as { kept: State; entries: State }
    this.#kept.restore(kept)
    const live = this.#entries.restore(entries)
    const { slots, values } = this.#entries
    this.#index.reserve(slots.length)
    for (const entry of live) {
      this.#kept.retain(values[entry]!)
      this.#index.insert(hashOf(slots[entry]!, values[entry]!), entry)
    }
  }

  #insert(slot: number, given: number): void {
    // The sum turns −0 into 0; NaN has one bit pattern once it is written by us.
    const value = Number.isNaN(given) ? Number.NaN : given + 0
    const hash = hashOf(slot, value)
    const { slots, values } = this.#entries
    const index = this.#index
    for (let at = hash & index.mask, held = index.slots[at]!; held !== 0; at = (at + 1) & index.mask, held = index.slots[at]!) {
      if (slots[held - 1] === slot && Object.is(values[held - 1], value)) return
    }
    this.#kept.retain(value)
    index.insert(hash, this.#entries.add(slot, value))
  }
}
