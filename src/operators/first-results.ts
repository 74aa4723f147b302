import type { Batch } from '../model/batch.js'
import { finalRows } from '../windows/final-rows.js'
import type { LogicContext } from './logic.js'

/**
 * The rows of window results that steps without revisions of their own may read; the late ones are counted as
 * `revisions_ignored`. Rows that no window made pass as they are.
 */
export function firstResults(batch: Batch, windowed: boolean, context: LogicContext): Batch {
  if (!windowed || batch.length === 0) return batch
  const { rows, revisions } = finalRows(batch)
  if (revisions > 0) context.count('revisions_ignored', revisions)
  return rows
}
