import type { RowFormat } from './row-format.js'
import { csvRows, jsonRows, ndjsonRows, textRows } from './row-texts.js'

/**
 * The formats of rows by the extension of their address. Arrow is loaded when it is first asked for: its library costs
 * 20 MB and 0.1 s, which most processes need not pay.
 */
export const rowFormats: Readonly<
  Record<'json' | 'ndjson' | 'csv' | 'arrow', { readonly contentType: string; load(): Promise<RowFormat> }>
> = {
  json: { contentType: jsonRows.contentType, load: async () => textRows(jsonRows) },
  ndjson: { contentType: ndjsonRows.contentType, load: async () => textRows(ndjsonRows) },
  csv: { contentType: csvRows.contentType, load: async () => textRows(csvRows) },
  arrow: { contentType: 'application/vnd.apache.arrow.stream', load: async () => (await import('./arrow-rows.js')).arrowRows },
}
