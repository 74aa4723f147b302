import type { Batch } from '../model/batch.js'
import { type Column, type NumberColumn, valueAt } from '../model/columns.js'
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
  const prefix = `${job}/${trace.operator}/[`
  for (let i = 0; i < batch.length; i++) {
    let values = ''
    for (const column of by) values += values === '' ? keyText(column, i) : `,${keyText(column, i)}`
    const key = `${prefix}${values}]/${start.values[i]}/${end.values[i]}`
    keys.push(key)
    // One revision may leave one branch of a merge and enter another: the removal is a result of its own.
    ids.push(`${key}/${revision.values[i]}${batch.removed?.[i] === 1 ? '/removed' : ''}`)
  }
  return { ids, keys }
}

/** A key value as JSON, in which null and NaN are two things. */
function keyText(column: Column, row: number): string {
  const value = valueAt(column, row)
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : `"${value}"`
  return JSON.stringify(value)
}
