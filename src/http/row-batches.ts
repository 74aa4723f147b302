import type { LiveRow } from '../model/api.js'
import { rowBytes } from '../views/row-bytes.js'

const mostRows = 8_192
/** What the rows of a batch cost in memory, about. */
const mostBytes = 4 * 1024 * 1024

/** Rows in batches that are bounded in rows and in bytes; a row beyond the bound is a batch of its own. */
export function* rowBatches(rows: Iterable<LiveRow>): Generator<readonly LiveRow[]> {
  let batch: LiveRow[] = []
  let bytes = 0
  for (const row of rows) {
    const more = rowBytes('', row)
    if (batch.length > 0 && (batch.length === mostRows || bytes + more > mostBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(row)
    bytes += more
  }
  if (batch.length > 0) yield batch
}
