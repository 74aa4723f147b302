import type { OutputBatch } from '../connector/sink.js'
import { valueAt } from '../model/columns.js'

/**
 * Results as NDJSON, one flat object a line: `result`, then for rows of windows `window_start`, `window_end` (RFC 3339),
 * `final`, `revision`, then the row's own fields. A withdrawn row has `removed: true`.
 */
export function resultsNdjson(output: OutputBatch): string {
  const windowNames = ['window_start', 'window_end', 'final', 'revision']
  const windowed = windowNames.every(name => output.schema.some(column => column.name === name))
  const own = output.schema.filter(column => !(windowed && windowNames.includes(column.name)))
  const order = windowed ? [...windowNames.map(name => output.schema.find(column => column.name === name)!), ...own] : own
  let text = ''
  for (let i = 0; i < output.length; i++) {
    const row: Record<string, unknown> = { result: output.sink }
    for (const { name, type } of order) {
      const value = valueAt(output.columns[name]!, i)
      row[name] = type === 'timestamp' && typeof value === 'number' ? new Date(value).toISOString() : value
    }
    if (output.removed?.[i]) row['removed'] = true
    text += `${JSON.stringify(row)}\n`
  }
  return text
}
