import { type Column, isNullAt } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import type { Accumulator } from './aggregate.js'
import { KeptValues } from './kept-values.js'
import { SlotEntries } from './slot-entries.js'

/** The earliest values by event time, at most `limit` a slot, equal times in order of arrival. */
export class CollectAccumulator implements Accumulator {
  readonly #limit: number
  readonly #kept: KeptValues
  readonly #entries = new SlotEntries()

  constructor(limit: number, type: ValueType) {
    this.#limit = limit
    this.#kept = new KeptValues(type)
  }

  grow(capacity: number): void {
    this.#entries.grow(capacity)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void {
    for (let i = from; i < to; i++) {
      if (isNullAt(input!, i) || !this.#wants(slots[i]!, times[i]!)) continue
      this.#insert(slots[i]!, times[i]!, this.#kept.numberOf(input!, i))
    }
    this.#kept.sweep()
  }

  merge(other: CollectAccumulator, slots: Int32Array, count: number): void {
    const theirs = other.#entries
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      for (const entry of theirs.of(slot)) {
        const time = theirs.times[entry]!
        // Theirs are in order: no later one is wanted either.
        if (!this.#wants(slot, time)) break
        this.#insert(slot, time, this.#kept.adopted(other.#kept, theirs.values[entry]!))
      }
    }
    this.#kept.sweep()
  }

  results(slots: Int32Array, count: number): Column {
    const { values } = this.#entries
    const list = (slot: number): unknown[] => Array.from(this.#entries.of(slot), entry => this.#kept.value(values[entry]!))
    return { type: 'list', values: Array.from({ length: count }, (_, i) => list(slots[i]!)) }
  }

  reset(slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) while (this.#entries.last[slots[i]!] !== 0) this.#pop(slots[i]!)
    this.#kept.sweep()
  }

  /** All that it holds, whatever the slots: a slot without values takes no memory here. */
  snapshot(): State {
    return { kept: this.#kept.snapshot(), entries: this.#entries.snapshot() }
  }

  restore(state: State): void {
    const { kept, entries } = state as { kept: State; entries: State }
    this.#kept.restore(kept)
    for (const entry of this.#entries.restore(entries)) this.#kept.retain(this.#entries.values[entry]!)
  }

  #wants(slot: number, time: number): boolean {
    const { counts, last, times } = this.#entries
    return counts[slot]! < this.#limit || time < times[last[slot]!]!
  }

  #insert(slot: number, time: number, value: number): void {
    const entries = this.#entries
    this.#kept.retain(value)
    if (entries.counts[slot] === this.#limit) this.#pop(slot)
    // Values mostly come in order, so the place is found from the end.
    let after = 0
    for (let entry = entries.last[slot]!; entry !== 0 && entries.times[entry]! > time; entry = entries.before[entry]!) after = entry
    entries.add(slot, value, time, after)
  }

  #pop(slot: number): void {
    this.#kept.release(this.#entries.values[this.#entries.pop(slot)]!)
  }
}
