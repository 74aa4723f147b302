import type { Batch } from '../model/batch.js'
import { type Column, type Columns, textAt } from '../model/columns.js'

/** A batch's columns on memory of their own: outputs wait for their sinks after the push has returned. */
export function ownColumns(columns: Columns, names: readonly string[], length: Batch['length']): Columns {
  const own: Record<string, Column> = {}
  for (const name of names) if (columns[name]) own[name] = ownColumn(columns[name], length)
  return own
}

function ownColumn(column: Column, length: number): Column {
  switch (column.type) {
    case 'number':
      return { type: 'number', values: column.values.slice(0, length), nulls: column.nulls?.slice(0, length) }
    case 'boolean':
      return { type: 'boolean', values: column.values.slice(0, length), nulls: column.nulls?.slice(0, length) }
    case 'list':
      return { type: 'list', values: column.values.slice(0, length) }
    case 'text':
      return { type: 'text', form: 'plain', values: Array.from({ length }, (_, i) => textAt(column, i)) }
  }
}
