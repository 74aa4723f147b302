import { valueAt } from '../model/columns.js'
import type { OutputBatch } from './sink.js'

/**
 * A row as JSON has it: its fields in their order, times as RFC 3339 unless `time` says otherwise, a withdrawn row marked `removed`.
 *
 * @param row its place in the batch, from 0
 * @param time what becomes of a time, ms since the epoch
 * @example
 * const lines = (batch: OutputBatch) => Array.from({ length: batch.length }, (_, row) => JSON.stringify(outputRow(batch, row)))
 */
export function outputRow(
  outputs: OutputBatch,
  row: number,
  time: (ms: number) => unknown = ms => new Date(ms).toISOString(),
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const { name, type } of outputs.schema) {
    const value = valueAt(outputs.columns[name]!, row)
    fields[name] = type === 'timestamp' && typeof value === 'number' ? time(value) : value
  }
  if (outputs.removed?.[row] === 1) fields['removed'] = true
  return fields
}
