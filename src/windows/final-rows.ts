import type { Batch } from '../model/batch.js'
import type { BooleanColumn, NumberColumn } from '../model/columns.js'

/**
 * The results of windows that may be counted again by a further window: final, on time (revision 0), not withdrawn.
 * Any other row repeats one that was counted, or will be. `revisions` counts the late ones among these, which change
 * nothing behind this point; provisional rows, and final ones that fail a condition, are none.
 */
export function finalRows(batch: Batch): { readonly rows: Batch; readonly revisions: number } {
  const final = batch.columns['final'] as BooleanColumn
  const revision = batch.columns['revision'] as NumberColumn
  const rows = new Int32Array(batch.length)
  let count = 0
  let revisions = 0
  for (let i = 0; i < batch.length; i++) {
    if (final.values[i] !== 1) continue
    if (revision.values[i]! > 0) revisions++
    else if (batch.removed?.[i] !== 1) rows[count++] = i
  }
  return { rows: count === batch.length ? batch : batch.take(rows, count), revisions }
}
