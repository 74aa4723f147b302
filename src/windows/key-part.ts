import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'

/**
 * The distinct values of one key column as small integers, or of several together. An id lives while somebody holds it;
 * the last `release` frees it for the next new value. Null is a value of its own.
 */
export interface KeyPart {
  /** Every id is below it. */
  readonly size: number
  /** Ids of rows 0 … length − 1; new ones are held by nobody yet and must be retained before anything is released. */
  resolve(column: Column, length: number, out: Int32Array): void
  retain(id: number): void
  release(id: number): void
  /** The values of some ids as a column, on memory of its own or of this part's dictionary. */
  column(ids: Int32Array, count: number): Column
  /** The values of some ids as state. */
  snapshot(ids: Int32Array, count: number): State
  /** Ids of saved values, new ones held by nobody yet. */
  restore(state: State, count: number, out: Int32Array): void
  /** Work between two pushes, when no batch is alive. */
  sweep?(): void
}
