import type { Expr, SymbolicRow } from '../expr/types.js'
import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { type Kept, keptValue } from './cell-values.js'

class CountDistinctAccumulator implements Accumulator {
  readonly #sets: (Set<Kept> | undefined)[] = []

  grow(capacity: number): void {
    while (this.#sets.length < capacity) this.#sets.push(undefined)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    for (let i = from; i < to; i++) {
      const value = keptValue(input!, i)
      if (value !== undefined) this.#setOf(slots[i]!).add(value)
    }
  }

  merge(other: CountDistinctAccumulator, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const theirs = other.#sets[slots[i]!]
      if (theirs === undefined) continue
      const ours = this.#setOf(slots[i]!)
      for (const value of theirs) ours.add(value)
    }
  }

  results(slots: Int32Array, count: number): Column {
    return { type: 'number', values: Float64Array.from({ length: count }, (_, i) => this.#sets[slots[i]!]?.size ?? 0), nulls: undefined }
  }

  reset(slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#sets[slots[i]!] = undefined
  }

  snapshot(slots: Int32Array, count: number): State {
    return Array.from({ length: count }, (_, i) => [...(this.#sets[slots[i]!] ?? [])] as State)
  }

  restore(state: State, slots: Int32Array, count: number): void {
    const saved = state as readonly (readonly Kept[])[]
    for (let i = 0; i < count; i++) for (const value of saved[i]!) this.#setOf(slots[i]!).add(value)
  }

  #setOf(slot: number): Set<Kept> {
    let set = this.#sets[slot]
    if (set === undefined) {
      set = new Set()
      this.#sets[slot] = set
    }
    return set
  }
}

const definition: AggregateDefinition = {
  op: 'countDistinct',
  accepts: ['number', 'integer', 'boolean', 'text', 'timestamp'],
  version: 1,
  result: () => ({ type: 'integer', nullable: false }),
  create: () => new CountDistinctAccumulator(),
}

/**
 * The exact number of different values that are not null. Costs memory for each of them, about 40 bytes and a text's
 * own length, for each key and pane: meant for states, rooms or error codes, not for ids of messages.
 *
 * @example
 * countDistinct(r => r.state)
 */
export function countDistinct<T>(of: (row: SymbolicRow<T>) => Expr<unknown>): AggregateSpec<T, number> {
  return aggregateSpec(definition, of)
}
