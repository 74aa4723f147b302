import type { OutputBatch } from '../../connector/sink.js'
import type { Columns } from '../../model/columns.js'
import { sliceColumn } from '../../model/take.js'

/**
 * Rows that go to a sink at once, at most. What is under way when a crash comes is sent again, and an idempotent sink's
 * peer must still know all of it: a large window must not overrun the half of its memory that is allowed for that.
 */
export const pieceRows = 1_024

const sliceColumns = (columns: Columns, from: number, to: number): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, sliceColumn(column, from, to)]))

/** The rows of a batch in their order, in pieces that depend on nothing but the batch. */
export function piecesOf(outputs: OutputBatch): readonly OutputBatch[] {
  if (outputs.length <= pieceRows) return outputs.length === 0 ? [] : [outputs]
  const pieces: OutputBatch[] = []
  for (let from = 0; from < outputs.length; from += pieceRows) {
    const to = Math.min(from + pieceRows, outputs.length)
    pieces.push({
      ...outputs,
      length: to - from,
      columns: sliceColumns(outputs.columns, from, to),
      computed: sliceColumns(outputs.computed, from, to),
      ids: outputs.ids.slice(from, to),
      keys: outputs.keys.slice(from, to),
      removed: outputs.removed?.subarray(from, to),
    })
  }
  return pieces
}
