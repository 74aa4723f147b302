import type { OutputBatch } from '../../connector/sink.js'
import type { Column, Columns } from '../../model/columns.js'

/** What an object on the heap costs beside its contents, roughly. */
const overhead = 64

function textBytes(texts: readonly (string | null)[], count: number): number {
  let bytes = 8 * count
  for (let i = 0; i < count; i++) bytes += texts[i]?.length ?? 0
  return bytes
}

function columnBytes(column: Column, count: number): number {
  switch (column.type) {
    case 'number':
      return 8 * count
    case 'boolean':
      return count
    case 'list': {
      let bytes = 8 * count
      for (let i = 0; i < count; i++) bytes += 16 * (column.values[i]?.length ?? 0)
      return bytes
    }
    case 'text':
      return column.form === 'plain' ? textBytes(column.values, count) : 8 * count
  }
}

function allBytes(columns: Columns, count: number): number {
  let bytes = 0
  for (const name in columns) bytes += overhead + columnBytes(columns[name]!, count)
  return bytes
}

/** The memory that waiting outputs hold, estimated; the bound of the outbox is kept in these. */
export function outputBytes(outputs: OutputBatch): number {
  const { length } = outputs
  return (
    overhead +
    allBytes(outputs.columns, length) +
    allBytes(outputs.computed, length) +
    textBytes(outputs.ids, length) +
    textBytes(outputs.keys, length)
  )
}
