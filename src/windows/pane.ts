import type { Accumulator, BoundAggregate } from '../aggregates/aggregate.js'
import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { KeyTable } from './key-table.js'

/** Slots a key, at most, up to which it is faster to copy all slots as they lie than to pick those of the keys. */
const wholeBelow = 4

function savedMarks(marks: Uint8Array, keys: Int32Array): Uint8Array {
  const saved = new Uint8Array(keys.length)
  for (let i = 0; i < keys.length; i++) saved[i] = marks[keys[i]!]!
  return saved
}

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

  /** Of a table of `size` keys; `track` as in `add`. */
  snapshot(size: number, track: boolean): State {
    const keys = this.keys.slice(0, this.count)
    const room = Math.min(size, this.seen.length)
    const whole = room <= wholeBelow * this.count
    const slots = whole ? undefined : keys
    const count = whole ? room : this.count
    return {
      index: this.index,
      keys,
      whole: whole ? room : null,
      changed: track ? savedMarks(this.changed, keys) : null,
      accumulators: this.accumulators.map(accumulator => accumulator.snapshot(slots, count)),
    }
  }

  /** Into an empty pane, its keys those of the table. */
  restore(state: State, table: KeyTable): void {
    const saved = state as {
      index: number
      keys: Int32Array
      whole: number | null
      changed: Uint8Array | null
      accumulators: readonly State[]
    }
    const { keys, whole, changed } = saved
    this.index = saved.index
    this.grow(table.size)
    this.keys = new Int32Array(Math.max(64, keys.length))
    for (let i = 0; i < keys.length; i++) {
      this.#meet(table, keys[i]!)
      if (changed) this.changed[keys[i]!] = changed[i]!
    }
    const slots = whole === null ? keys : undefined
    for (const [a, accumulator] of this.accumulators.entries()) {
      accumulator.restore(saved.accumulators[a]!, slots, whole ?? keys.length)
    }
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
