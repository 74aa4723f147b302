import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { filledCells, grownCells, restoredCells, savedCells } from './cells.js'

class CountAccumulator implements Accumulator {
  private cells: Float64Array = new Float64Array(0)

  grow(capacity: number): void {
    this.cells = grownCells(this.cells, capacity)
  }

  add(slots: Int32Array, from: number, to: number): void {
    const { cells } = this
    for (let i = from; i < to; i++) cells[slots[i]!]!++
  }

  merge(other: CountAccumulator, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.cells[slots[i]!]! += other.cells[slots[i]!]!
  }

  results(slots: Int32Array, count: number): Column {
    return { type: 'number', values: savedCells(this.cells, 1, slots, count), nulls: undefined }
  }

  reset(slots: Int32Array, count: number): void {
    filledCells(this.cells, 1, slots, count)
  }

  snapshot(slots: Int32Array, count: number): State {
    return savedCells(this.cells, 1, slots, count)
  }

  restore(state: State, slots: Int32Array, count: number): void {
    restoredCells(this.cells, state as Float64Array, 1, slots, count)
  }
}

const definition: AggregateDefinition = {
  op: 'count',
  accepts: undefined,
  version: 1,
  result: () => ({ type: 'integer', nullable: false }),
  create: () => new CountAccumulator(),
}

/**
 * The number of rows, those with nulls included (SQL's `count(*)`).
 *
 * @example
 * count() // rows of the window: 1 or more
 */
export function count<T>(): AggregateSpec<T, number> {
  return aggregateSpec(definition)
}
