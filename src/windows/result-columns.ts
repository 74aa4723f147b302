import type { Column } from '../model/columns.js'
import type { KeyTable } from './key-table.js'
import type { WindowContents } from './window-reader.js'

/** Result rows of one firing. */
export interface Firing {
  readonly start: number
  readonly end: number
  readonly final: boolean
  readonly revision: number
}

/**
 * Columns of the rows `from` to `to` of a window: key parts, aggregates, `window_start`, `window_end`, `final`,
 * `revision`, in this order.
 */
export function resultColumns(
  table: KeyTable,
  names: { readonly by: readonly string[]; readonly aggregates: readonly string[] },
  contents: WindowContents,
  from: number,
  to: number,
  firing: Firing,
): Record<string, Column> {
  const length = to - from
  const keys = contents.keys.subarray(from, to)
  const columns: Record<string, Column> = {}
  const parts = table.columns(keys, length)
  for (const [i, name] of names.by.entries()) columns[name] = parts[i]!
  for (const [i, name] of names.aggregates.entries()) columns[name] = contents.accumulators[i]!.results(keys, length)
  const constant = (value: number): Column => ({ type: 'number', values: new Float64Array(length).fill(value), nulls: undefined })
  columns['window_start'] = constant(firing.start)
  columns['window_end'] = constant(firing.end)
  columns['final'] = { type: 'boolean', values: new Uint8Array(length).fill(firing.final ? 1 : 0), nulls: undefined }
  columns['revision'] = constant(firing.revision)
  return columns
}
