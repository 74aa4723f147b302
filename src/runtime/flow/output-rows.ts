import type { OutputBatch } from '../../connector/sink.js'
import type { Columns } from '../../model/columns.js'
import { sliceColumn } from '../../model/take.js'

const sliced = (columns: Columns, from: number, to: number): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, sliceColumn(column, from, to)]))

/** The rows of an output from `from` to the one before `to`. */
export const outputRows = (outputs: OutputBatch, from: number, to: number): OutputBatch => ({
  ...outputs,
  length: to - from,
  columns: sliced(outputs.columns, from, to),
  computed: sliced(outputs.computed, from, to),
  ids: outputs.ids.slice(from, to),
  keys: outputs.keys.slice(from, to),
  removed: outputs.removed?.subarray(from, to),
})
