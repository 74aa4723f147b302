import type { Column } from '../model/columns.js'
import { CellAccumulator } from './cell-accumulator.js'
import { NumberResults, numbersOf } from './cells.js'

/** Least or greatest number. NaN stands for "none yet", which is why a NaN in the data never wins. */
export class NumberExtreme extends CellAccumulator {
  /** Greatest values are kept negated, so that one comparison serves both. */
  readonly #sign: 1 | -1

  constructor(which: 'min' | 'max') {
    super(1, Number.NaN)
    this.#sign = which === 'min' ? 1 : -1
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    const { values, nulls } = numbersOf(input)
    const { cells } = this
    const sign = this.#sign
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
      else out.values[i] = this.#sign * value + 0
    }
    return out.column()
  }
}
