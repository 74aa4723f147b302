import { type Column, textAt } from './columns.js'

/** A column of so many rows. */
export interface ColumnPart {
  readonly column: Column
  readonly length: number
}

/** The rows of columns of one type, one behind the other, in memory of their own; texts become plain. */
export function concatColumn(parts: readonly ColumnPart[]): Column {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const { type } = parts[0]!.column
  if (type === 'text' || type === 'list') {
    const values: unknown[] = []
    for (const { column, length } of parts) {
      for (let i = 0; i < length; i++)
        values.push(column.type === 'text' ? textAt(column, i) : column.type === 'list' ? column.values[i] : null)
    }
    return (type === 'text' ? { type, form: 'plain', values } : { type, values }) as Column
  }
  const values = type === 'number' ? new Float64Array(length) : new Uint8Array(length)
  let nulls: Uint8Array | undefined
  let at = 0
  for (const { column, length: rows } of parts) {
    if (column.type !== 'number' && column.type !== 'boolean') continue
    values.set(column.values.subarray(0, rows), at)
    if (column.nulls) {
      nulls ??= new Uint8Array(length)
      nulls.set(column.nulls.subarray(0, rows), at)
    }
    at += rows
  }
  return { type, values, nulls } as Column
}
