import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { filledCells, grownCells, restoredCells, savedCells } from './cells.js'

/** An accumulator whose state is a fixed number of cells a slot. */
export abstract class CellAccumulator implements Accumulator {
  protected cells: Float64Array = new Float64Array(0)
  readonly #stride: number
  readonly #empty: number

  /** `stride` cells a slot, side by side since they are touched together; `empty` is what each holds in the reset state. */
  constructor(stride: number, empty = 0) {
    this.#stride = stride
    this.#empty = empty
  }

  abstract add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void
  abstract merge(other: Accumulator, slots: Int32Array, count: number): void
  abstract results(slots: Int32Array, count: number): Column

  grow(capacity: number): void {
    this.cells = grownCells(this.cells, capacity * this.#stride, this.#empty)
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.cells, this.#stride, slots, count, this.#empty)
  }

  snapshot(slots: Int32Array | undefined, count: number): State {
    return savedCells(this.cells, this.#stride, slots, count)
  }

  restore(state: State, slots: Int32Array | undefined, count: number): void {
    restoredCells(this.cells, state as Float64Array, this.#stride, slots, count)
  }
}
