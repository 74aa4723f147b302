import type { Batch } from '../model/batch.js'
import type { Json } from '../model/json.js'

/** One row as plain data that outlives its batch; numbers that JSON has no word for are null. */
export function rowJson(batch: Batch, row: number): Readonly<Record<string, Json>> {
  const values = batch.row(row) as Record<string, unknown>
  for (const name in values) values[name] = plain(values[name])
  return values as Record<string, Json>
}

const plain = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return Array.isArray(value) ? value.map(plain) : value
}
