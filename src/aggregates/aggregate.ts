import type { ExprNode } from '../expr/node.js'
import type { Column } from '../model/columns.js'
import type { Json } from '../model/json.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'

/** An aggregate as pure data: its name, the traced expression it reads (none for `count`), and options. */
export interface AggregatePlan {
  readonly op: string
  readonly input?: ExprNode
  readonly options?: { readonly [key: string]: Json }
  /** What it gives. */
  readonly type: ValueType
  readonly nullable: boolean
  readonly unit?: string
  /** Rises only when results change. */
  readonly version: number
}

/**
 * The state of one aggregate over typed accumulators, one slot a key. All methods leave the other slots alone. One
 * store serves one pane.
 */
export interface Accumulator {
  /** Makes room for slots 0 … capacity − 1, new ones in the reset state. */
  grow(capacity: number): void
  /**
   * Adds rows in order: row i goes to slot `slots[i]`, rows with slot −1 to none. `input` is the evaluated expression
   * (undefined for `count`); `times` are event times, for `first` and `last`.
   */
  add(slots: Int32Array, length: number, input: Column | undefined, times: Float64Array): void
  /** Adds one slot of another accumulator of the same aggregate: pane into window. Order: `other` came later in arrival. */
  merge(slot: number, other: Accumulator, otherSlot: number): void
  /** The result of one slot as a row value: number, string, boolean, array or null. */
  result(slot: number): unknown
  reset(slot: number): void
  /** Slots 0 … count − 1 as state, and back. */
  snapshot(count: number): State
  restore(state: State): void
}

/** What `mean(r => r.celsius)` becomes when it is registered. */
export interface BoundAggregate {
  readonly plan: AggregatePlan
  create(): Accumulator
}
