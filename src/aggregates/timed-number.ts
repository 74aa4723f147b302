import type { Column } from '../model/columns.js'
import type { ValueType } from '../model/value-type.js'
import { CellAccumulator } from './cell-accumulator.js'
import { NumberResults, numbersOf } from './cells.js'

/** Event time and value. */
const stride = 2

/**
 * The number, time or boolean of the earliest or latest event time; where times are equal, the first or last to arrive.
 * A time of NaN stands for "none yet": no row of a window has one.
 */
export class TimedNumber extends CellAccumulator {
  readonly #first: boolean
  readonly #type: ValueType

  constructor(which: 'first' | 'last', type: ValueType) {
    super(stride, Number.NaN)
    this.#first = which === 'first'
    this.#type = type
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined, times: Float64Array): void {
    const { values, nulls } = numbersOf(input)
    for (let i = from; i < to; i++) {
      if (nulls !== undefined && nulls[i] === 1) continue
      this.#offer(slots[i]!, times[i]!, values[i]!)
    }
  }

  merge(other: TimedNumber, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      const time = other.cells[at]!
      if (!Number.isNaN(time)) this.#offer(slots[i]!, time, other.cells[at + 1]!)
    }
  }

  results(slots: Int32Array, count: number): Column {
    const out = new NumberResults(count)
    for (let i = 0; i < count; i++) {
      const at = slots[i]! * stride
      if (Number.isNaN(this.cells[at]!)) out.setNull(i)
      else out.values[i] = this.cells[at + 1]!
    }
    const { values, nulls } = out.column()
    return this.#type === 'boolean' ? { type: 'boolean', values: Uint8Array.from(values), nulls } : { type: 'number', values, nulls }
  }

  #offer(slot: number, time: number, value: number): void {
    const { cells } = this
    const at = slot * stride
    const held = cells[at]!
    // Either comparison is false with NaN: whatever comes first is taken.
    if (this.#first ? time >= held : time < held) return
    cells[at] = time
    cells[at + 1] = value
  }
}
