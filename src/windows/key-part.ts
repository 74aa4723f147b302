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
  /** A copy of the values and ids, without who holds them. */
  snapshot(): State
  /** Into a part that knows no value: under the ids that they had. Whatever was held must be retained again, before anything is released. */
  restore(state: State): void
  /** Work between two pushes, when no batch is alive. */
  sweep?(): void
}
