import type { Batch } from '../model/batch.js'
import type { BooleanColumn, NumberColumn } from '../model/columns.js'
import type { LogicContext } from './logic.js'

/**
 * The rows of window results that later steps without revisions of their own may read: final, first of their window,
 * not withdrawn. Others are counted as `revisions_ignored`. Rows that no window made pass as they are.
 */
export function firstResults(batch: Batch, windowed: boolean, context: LogicContext): Batch {
  if (!windowed || batch.length === 0) return batch
  const final = batch.columns['final'] as BooleanColumn
  const revision = batch.columns['revision'] as NumberColumn
  const rows = new Int32Array(batch.length)
  let count = 0
  for (let i = 0; i < batch.length; i++) {
    if (final.values[i] === 1 && revision.values[i] === 0 && !batch.removed?.[i]) rows[count++] = i
    else if (final.values[i] === 1) context.count('revisions_ignored', 1)
  }
  return count === batch.length ? batch : batch.take(rows, count)
}
