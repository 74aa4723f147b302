import type { Column } from '../model/columns.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { CellAccumulator } from './cell-accumulator.js'
import { savedCells } from './cells.js'

class CountAccumulator extends CellAccumulator {
  constructor() {
    super(1)
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
