import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import type { Accumulator } from './aggregate.js'
import { type Kept, keptValue, shownValue } from './cell-values.js'

interface Collected {
  readonly times: number[]
  readonly values: Kept[]
}

/** The earliest values by event time, at most `limit` a slot, equal times in order of arrival. */
export class CollectAccumulator implements Accumulator {
  readonly #limit: number
  readonly #type: ValueType
  readonly #slots: (Collected | undefined)[] = []

  constructor(limit: number, type: ValueType) {
    this.#limit = limit
    this.#type = type
  }

  grow(capacity: number): void {
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void {
    for (let i = from; i < to; i++) {
      const value = keptValue(input!, i)
      if (value !== undefined) this.#insert(slots[i]!, times[i]!, value)
    }
  }

  merge(other: CollectAccumulator, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const theirs = other.#slots[slots[i]!]
      if (theirs === undefined) continue
      for (const [j, value] of theirs.values.entries()) this.#insert(slots[i]!, theirs.times[j]!, value)
    }
  }

  results(slots: Int32Array, count: number): Column {
    const list = (slot: number): unknown[] => (this.#slots[slot]?.values ?? []).map(value => shownValue(this.#type, value))
    return { type: 'list', values: Array.from({ length: count }, (_, i) => list(slots[i]!)) }
  }

  reset(slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#slots[slots[i]!] = undefined
  }

  snapshot(slots: Int32Array, count: number): State {
    return Array.from({ length: count }, (_, i) => {
      const held = this.#slots[slots[i]!]
      return { times: Float64Array.from(held?.times ?? []), values: [...(held?.values ?? [])] as State }
    })
  }

  restore(state: State, slots: Int32Array, count: number): void {
    const saved = state as readonly { times: Float64Array; values: readonly Kept[] }[]
    for (let i = 0; i < count; i++) {
      const { times, values } = saved[i]!
      if (values.length > 0) this.#slots[slots[i]!] = { times: [...times], values: [...values] }
    }
  }

  #insert(slot: number, time: number, value: Kept): void {
    let held = this.#slots[slot]
    if (held === undefined) {
      held = { times: [], values: [] }
      this.#slots[slot] = held
    }
    const { times, values } = held
    if (times.length === this.#limit) {
      if (time >= times.at(-1)!) return
      times.pop()
      values.pop()
    }
    // Values mostly come in order, so the place is found from the end.
    let place = times.length
    while (place > 0 && times[place - 1]! > time) place--
    times.splice(place, 0, time)
    values.splice(place, 0, value)
  }
}
