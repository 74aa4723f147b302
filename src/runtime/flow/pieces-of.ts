import type { OutputBatch } from '../../connector/sink.js'
import { outputRows } from './output-rows.js'

/**
 * Rows that go to a sink at once, at most. What is under way when a crash comes is sent again, and an idempotent sink's
 * peer must still know all of it: a large window must not overrun the half of its memory that is allowed for that.
 */
export const pieceRows = 1_024

/** The rows of a batch in their order, in pieces that depend on nothing but the batch. */
export function piecesOf(outputs: OutputBatch): readonly OutputBatch[] {
  if (outputs.length <= pieceRows) return outputs.length === 0 ? [] : [outputs]
  const pieces: OutputBatch[] = []
  for (let from = 0; from < outputs.length; from += pieceRows) {
    pieces.push(outputRows(outputs, from, Math.min(from + pieceRows, outputs.length)))
  }
  return pieces
}
