import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import type { Accumulator } from './aggregate.js'
import { type Kept, keptColumn, keptValue, restoredValue, savedValues } from './cell-values.js'
import { filledCells, grownCells, restoredCells, savedCells } from './cells.js'

/** The value of the earliest or latest event time; where times are equal, the first or last to arrive. */
export class TimedValue implements Accumulator {
  readonly #first: boolean
  readonly #type: ValueType
  #times: Float64Array = new Float64Array(0)
  readonly #values: (Kept | undefined)[] = []

  constructor(which: 'first' | 'last', type: ValueType) {
    this.#first = which === 'first'
    this.#type = type
  }

  grow(capacity: number): void {
    this.#times = grownCells(this.#times, capacity)
    while (this.#values.length < capacity) this.#values.push(undefined)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void {
    for (let i = from; i < to; i++) {
      const slot = slots[i]!
      if (!this.#wins(slot, times[i]!)) continue
      const value = keptValue(input!, i)
      if (value === undefined) continue
      this.#times[slot] = times[i]!
      this.#values[slot] = value
    }
  }

  merge(other: TimedValue, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      const value = other.#values[slot]
      if (value === undefined || !this.#wins(slot, other.#times[slot]!)) continue
      this.#times[slot] = other.#times[slot]!
      this.#values[slot] = value
    }
  }

  results(slots: Int32Array, count: number): Column {
    return keptColumn(this.#type, this.#chosen(slots, count))
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.#times, 1, slots, count)
    for (let i = 0; i < count; i++) this.#values[slots[i]!] = undefined
  }

  snapshot(slots: Int32Array, count: number): State {
    return { times: savedCells(this.#times, 1, slots, count), values: savedValues(this.#chosen(slots, count)) }
  }

  restore(state: State, slots: Int32Array, count: number): void {
    const { times, values } = state as { times: Float64Array; values: readonly State[] }
    restoredCells(this.#times, times, 1, slots, count)
    for (let i = 0; i < count; i++) this.#values[slots[i]!] = restoredValue(values[i]!)
  }

  #wins(slot: number, time: number): boolean {
    if (this.#values[slot] === undefined) return true
    return this.#first ? time < this.#times[slot]! : time >= this.#times[slot]!
  }

  #chosen(slots: Int32Array, count: number): (Kept | undefined)[] {
    return Array.from({ length: count }, (_, i) => this.#values[slots[i]!])
  }
}
