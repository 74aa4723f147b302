import type { Column } from '../model/columns.js'
import { CellAccumulator } from './cell-accumulator.js'
import { NumberResults, numbersOf } from './cells.js'

/** Sum, its rounding error, and the number of values. */
const stride = 3

/**
 * Sums with the rounding error carried along (Knuth's two-sum), so that a sum does not depend on how many values came
 * before, nor in which panes, beyond the last digit.
 */
export class SumAccumulator extends CellAccumulator {
  readonly #mean: boolean

  constructor(mean: boolean) {
    super(stride)
    this.#mean = mean
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    const { values, nulls } = numbersOf(input)
    const { cells } = this
    for (let i = from; i < to; i++) {
      if (nulls !== undefined && nulls[i] === 1) continue
      const at = slots[i]! * stride
      const value = values[i]!
      const before = cells[at]!
      const sum = before + value
      const part = sum - before
      cells[at] = sum
      cells[at + 1]! += before - (sum - part) + (value - part)
      cells[at + 2]!++
    }
  }

  merge(other: SumAccumulator, slots: Int32Array, count: number): void {
    const { cells } = this
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      const before = cells[at]!
      const value = other.cells[at]!
      const sum = before + value
      const part = sum - before
      cells[at] = sum
      cells[at + 1]! += before - (sum - part) + (value - part) + other.cells[at + 1]!
      cells[at + 2]! += other.cells[at + 2]!
    }
  }

  results(slots: Int32Array, count: number): Column {
    const out = new NumberResults(count)
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      const n = this.cells[at + 2]!
      if (n === 0) {
        out.setNull(i)
        continue
      }
      const sum = this.cells[at]!
      // Past the range of numbers the error term is NaN and says nothing.
      const exact = Number.isFinite(sum) ? sum + this.cells[at + 1]! : sum
      out.values[i] = this.#mean ? exact / n : exact
    }
    return out.column()
  }
}
