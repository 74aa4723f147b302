import type { Column } from '../model/columns.js'
import { CellAccumulator } from './cell-accumulator.js'
import { NumberResults, numbersOf } from './cells.js'

/** Number of values, their mean, and the sum of squared distances from it. */
const stride = 3

/**
 * Sample variance in one pass by Welford's recurrence, and panes joined by Chan's formula: no difference of two large
 * sums, so values far from zero keep their digits.
 */
export class Moments extends CellAccumulator {
  readonly #root: boolean

  constructor(which: 'variance' | 'stddev') {
    super(stride)
    this.#root = which === 'stddev'
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    const { values, nulls } = numbersOf(input)
    const { cells } = this
    for (let i = from; i < to; i++) {
      if (nulls !== undefined && nulls[i] === 1) continue
      const at = slots[i]! * stride
      const value = values[i]!
      const n = cells[at]! + 1
      const distance = value - cells[at + 1]!
      const mean = cells[at + 1]! + distance / n
      cells[at] = n
      cells[at + 1] = mean
      cells[at + 2]! += distance * (value - mean)
    }
  }

  merge(other: Moments, slots: Int32Array, count: number): void {
    const { cells } = this
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      const theirs = other.cells[at]!
      if (theirs === 0) continue
      const ours = cells[at]!
      const n = ours + theirs
      const distance = other.cells[at + 1]! - cells[at + 1]!
      cells[at] = n
      cells[at + 1]! += distance * (theirs / n)
      cells[at + 2]! += other.cells[at + 2]! + distance * distance * ours * (theirs / n)
    }
  }

  results(slots: Int32Array, count: number): Column {
    const out = new NumberResults(count)
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      const n = this.cells[at]!
      if (n < 2) {
        out.setNull(i)
        continue
      }
      const variance = this.cells[at + 2]! / (n - 1)
      out.values[i] = this.#root ? Math.sqrt(variance) : variance
    }
    return out.column()
  }
}
