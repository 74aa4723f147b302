import type { Batch } from '../model/batch.js'
import { type NumberColumn, valueAt } from '../model/columns.js'
import type { WindowTrace } from './window-trace.js'

export interface ResultNames {
  /** Deterministic id of each row. */
  readonly ids: string[]
  /** Its key in a view: the id without its revision. */
  readonly keys: string[]
}

/**
 * Names rows of windows by (job, operator, key values, window start and end, revision); other rows by their output
 * position, for they have no name of their own.
 */
export function resultNames(
  job: string,
  sink: string,
  batch: Batch,
  trace: WindowTrace | undefined,
  entry: number,
  ordinal: number,
): ResultNames {
  const ids: string[] = []
  const keys: string[] = []
  if (!trace) {
    for (let i = 0; i < batch.length; i++) ids.push(`${job}/${sink}/${entry}/${ordinal + i}`)
    return { ids, keys: ids }
  }
  const by = trace.by.map(name => batch.columns[name]!)
  const start = batch.columns['window_start'] as NumberColumn
  const end = batch.columns['window_end'] as NumberColumn
  const revision = batch.columns['revision'] as NumberColumn
  for (let i = 0; i < batch.length; i++) {
    const values = JSON.stringify(by.map(column => valueAt(column, i)))
    const key = `${job}/${trace.operator}/${values}/${start.values[i]}/${end.values[i]}`
    keys.push(key)
    ids.push(`${key}/${revision.values[i]}`)
  }
  return { ids, keys }
}
