import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { filledCells, grownCells, NumberResults, numbersOf, restoredCells, savedCells } from './cells.js'

/** Least or greatest number. NaN stands for "none yet", which is why a NaN in the data never wins. */
export class NumberExtreme implements Accumulator {
  /** Greatest values are kept negated, so that one comparison serves both. */
  private readonly sign: 1 | -1
  private cells: Float64Array = new Float64Array(0)

  constructor(which: 'min' | 'max') {
    this.sign = which === 'min' ? 1 : -1
  }

  grow(capacity: number): void {
    this.cells = grownCells(this.cells, capacity, Number.NaN)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    const { values, nulls } = numbersOf(input)
    const { cells, sign } = this
    for (let i = from; i < to; i++) {
      if (nulls !== undefined && nulls[i] === 1) continue
      const value = sign * values[i]!
      const slot = slots[i]!
      const held = cells[slot]!
      if (value < held || Number.isNaN(held)) cells[slot] = value
    }
  }

  merge(other: NumberExtreme, slots: Int32Array, count: number): void {
    const { cells } = this
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      const value = other.cells[slot]!
      const held = cells[slot]!
      if (value < held || Number.isNaN(held)) cells[slot] = value
    }
  }

  results(slots: Int32Array, count: number): Column {
    const out = new NumberResults(count)
    for (let i = 0; i < count; i++) {
      const value = this.cells[slots[i]!]!
      if (Number.isNaN(value)) out.setNull(i)
      // The sum with 0 turns −0 into 0: which of the two zeros came first is nobody's business.
      else out.values[i] = this.sign * value + 0
    }
    return out.column()
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.cells, 1, slots, count, Number.NaN)
  }

  snapshot(slots: Int32Array, count: number): State {
    return savedCells(this.cells, 1, slots, count)
  }

  restore(state: State, slots: Int32Array, count: number): void {
    restoredCells(this.cells, state as Float64Array, 1, slots, count)
  }
}
