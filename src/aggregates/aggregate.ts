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
 * The state of one aggregate over typed accumulators, one slot a key. One accumulator serves one pane. Slots that a
 * method does not name stay as they are. A slot is below the capacity last given to `grow`.
 */
export interface Accumulator {
  /** Makes room for slots 0 … capacity − 1, new ones in the reset state. */
  grow(capacity: number): void
  /**
   * Adds rows `from` (included) to `to` (excluded) in order: row i goes to slot `slots[i]`. `input` is the evaluated
   * expression (undefined for `count`); `times` are event times, for `first`, `last` and `collect`.
   */
  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void
  /** Adds slots `slots[0 … count − 1]` of another accumulator of the same aggregate to the same slots: a later pane into a window. */
  merge(other: Accumulator, slots: Int32Array, count: number): void
  /** The results of `slots[0 … count − 1]`, in that order, on memory of their own. */
  results(slots: Int32Array, count: number): Column
  reset(slots: Int32Array, count: number): void
  /**
   * `slots[0 … count − 1]` as state, a copy; all other slots are in the reset state. And back into the same slots of an
   * accumulator in which all are. Without `slots` those are slots 0 … count − 1, copied as they lie.
   */
  snapshot(slots: Int32Array | undefined, count: number): State
  restore(state: State, slots: Int32Array | undefined, count: number): void
}

/** What `mean(r => r.celsius)` becomes when it is registered. */
export interface BoundAggregate {
  readonly plan: AggregatePlan
  create(): Accumulator
}
