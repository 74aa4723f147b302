import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { filledCells, grownCells, NumberResults, numbersOf, restoredCells, savedCells } from './cells.js'

/** Sum, its rounding error, and the number of values: side by side, since they are touched together. */
const stride = 3

/**
 * Sums with the rounding error carried along (Knuth's two-sum), so that a sum does not depend on how many values came
 * before, nor in which panes, beyond the last digit.
 */
export class SumAccumulator implements Accumulator {
  private readonly mean: boolean
  private cells: Float64Array = new Float64Array(0)

  constructor(mean: boolean) {
    this.mean = mean
  }

  grow(capacity: number): void {
    this.cells = grownCells(this.cells, capacity * stride)
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
      out.values[i] = this.mean ? exact / n : exact
    }
    return out.column()
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.cells, stride, slots, count)
  }

  snapshot(slots: Int32Array, count: number): State {
    return savedCells(this.cells, stride, slots, count)
  }

  restore(state: State, slots: Int32Array, count: number): void {
    restoredCells(this.cells, state as Float64Array, stride, slots, count)
  }
}
