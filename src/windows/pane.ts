import type { Accumulator, BoundAggregate } from '../aggregates/aggregate.js'
import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { KeyTable } from './key-table.js'

/** A stretch of time with one accumulator an aggregate, slots by key id. Kept and used again once it is emptied. */
export class Pane {
  index = 0
  /** The keys that have rows here, in the order of their first row; `count` of them. */
  keys = new Int32Array(64)
  count = 0
  readonly accumulators: readonly Accumulator[]
  /** 1 for keys that have rows here, and for those that got rows since the last early firing. */
  seen = new Uint8Array(0)
  changed = new Uint8Array(0)

  constructor(aggregates: readonly BoundAggregate[]) {
    this.accumulators = aggregates.map(aggregate => aggregate.create())
  }

  /** Adds rows `from` to `to`, evaluated inputs by aggregate. */
  add(
    table: KeyTable,
    keys: Int32Array,
    from: number,
    to: number,
    inputs: readonly (Column | undefined)[],
    times: Float64Array,
    track: boolean,
  ): void {
    this.grow(table.size)
    const { seen } = this
    for (let i = from; i < to; i++) {
      const key = keys[i]!
      if (seen[key] === 0) this.#meet(table, key)
    }
    if (track) for (let i = from; i < to; i++) this.changed[keys[i]!] = 1
    for (let a = 0; a < this.accumulators.length; a++) this.accumulators[a]!.add(keys, from, to, inputs[a], times)
  }

  /** Forgets all keys; the memory stays. */
  clear(table: KeyTable): void {
    for (const accumulator of this.accumulators) accumulator.reset(this.keys, this.count)
    for (let i = 0; i < this.count; i++) {
      const key = this.keys[i]!
      this.seen[key] = 0
      this.changed[key] = 0
      table.release(key)
    }
    this.count = 0
  }

  /** `position` gives each live key's place in the saved list of keys. */
  snapshot(position: Int32Array): State {
    return {
      index: this.index,
      keys: Int32Array.from({ length: this.count }, (_, i) => position[this.keys[i]!]!),
      changed: Uint8Array.from({ length: this.count }, (_, i) => this.changed[this.keys[i]!]!),
      accumulators: this.accumulators.map(accumulator => accumulator.snapshot(this.keys, this.count)),
    }
  }

  /** `keys` gives the id of each key of the saved list. */
  restore(state: State, table: KeyTable, keys: Int32Array): void {
    const saved = state as { index: number; keys: Int32Array; changed: Uint8Array; accumulators: readonly State[] }
    this.index = saved.index
    this.grow(table.size)
    for (let i = 0; i < saved.keys.length; i++) {
      const key = keys[saved.keys[i]!]!
      this.#meet(table, key)
      this.changed[key] = saved.changed[i]!
    }
    for (const [a, accumulator] of this.accumulators.entries()) accumulator.restore(saved.accumulators[a]!, this.keys, this.count)
  }

  grow(size: number): void {
    if (size <= this.seen.length) return
    const capacity = Math.max(64, 2 ** Math.ceil(Math.log2(size)))
    const seen = new Uint8Array(capacity)
    const changed = new Uint8Array(capacity)
    seen.set(this.seen)
    changed.set(this.changed)
    this.seen = seen
    this.changed = changed
    for (const accumulator of this.accumulators) accumulator.grow(capacity)
  }

  #meet(table: KeyTable, key: number): void {
    this.seen[key] = 1
    if (this.count === this.keys.length) {
      const keys = new Int32Array(2 * this.count)
      keys.set(this.keys)
      this.keys = keys
    }
    this.keys[this.count++] = key
    table.retain(key)
  }
}
