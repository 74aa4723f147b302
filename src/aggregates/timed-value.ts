import { type Column, isNullAt, valueAt } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { filledCells, grownCells, restoredCells, savedCells } from './cells.js'

/** The text or list of the earliest or latest event time; where times are equal, the first or last to arrive. */
export class TimedValue implements Accumulator {
  readonly #first: boolean
  readonly #type: 'text' | 'list'
  #times: Float64Array = new Float64Array(0)
  /** Null where there is none yet. */
  readonly #values: State[] = []

  constructor(which: 'first' | 'last', type: 'text' | 'list') {
    this.#first = which === 'first'
    this.#type = type
  }

  grow(capacity: number): void {
    this.#times = grownCells(this.#times, capacity)
    while (this.#values.length < capacity) this.#values.push(null)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void {
    for (let i = from; i < to; i++) {
      const slot = slots[i]!
      if (!this.#wins(slot, times[i]!) || isNullAt(input!, i)) continue
      this.#times[slot] = times[i]!
      this.#values[slot] = valueAt(input!, i) as State
    }
  }

  merge(other: TimedValue, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      const value = other.#values[slot]!
      if (value === null || !this.#wins(slot, other.#times[slot]!)) continue
      this.#times[slot] = other.#times[slot]!
      this.#values[slot] = value
    }
  }

  results(slots: Int32Array, count: number): Column {
    const values = this.#chosen(slots, count)
    if (this.#type === 'text') return { type: 'text', form: 'plain', values: values as (string | null)[] }
    return { type: 'list', values: values as (readonly unknown[] | null)[] }
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.#times, 1, slots, count)
    for (let i = 0; i < count; i++) this.#values[slots[i]!] = null
  }

  snapshot(slots: Int32Array | undefined, count: number): State {
    const values = slots ? this.#chosen(slots, count) : this.#values.slice(0, count)
    return { times: savedCells(this.#times, 1, slots, count), values }
  }

  restore(state: State, slots: Int32Array | undefined, count: number): void {
    const { times, values } = state as { times: Float64Array; values: readonly State[] }
    restoredCells(this.#times, times, 1, slots, count)
    for (let i = 0; i < count; i++) this.#values[slots ? slots[i]! : i] = values[i]!
  }

  #wins(slot: number, time: number): boolean {
    if (this.#values[slot] === null) return true
    return this.#first ? time < this.#times[slot]! : time >= this.#times[slot]!
  }

  #chosen(slots: Int32Array, count: number): State[] {
    return Array.from({ length: count }, (_, i) => this.#values[slots[i]!]!)
  }
}
