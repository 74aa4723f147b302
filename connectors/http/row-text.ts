import { outputRow } from '../../src/connector/output-row.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { BodyFormat } from './options.js'

/** How rows become a request. */
export interface RequestForm {
  readonly format: BodyFormat
  /** Rows of a request, at most. */
  readonly rows: number
  /** The name under which each row carries its id. */
  readonly idField: string | undefined
}

/** Bytes of a request's body, unless one row alone has more. */
const mostBytes = 1024 * 1024

/** A row as JSON. */
export function rowText({ idField }: RequestForm, outputs: OutputBatch, row: number): string {
  const fields = outputRow(outputs, row)
  if (idField !== undefined) fields[idField] = outputs.ids[row]!
  return JSON.stringify(fields)
}

/** How many of these rows the next request holds: one at least. */
export function rowsThatFit({ rows }: RequestForm, bytes: readonly { readonly bytes: number }[]): number {
  let used = 0
  let count = 0
  while (count < bytes.length && count < rows) {
    used += bytes[count]!.bytes + 1
    if (used > mostBytes && count > 0) break
    count++
  }
  return count
}

/** The body of a request. */
export function bodyOf({ format }: RequestForm, rows: readonly { readonly text: string }[]): Buffer {
  const texts = rows.map(({ text }) => text)
  switch (format) {
    case 'array':
      return Buffer.from(`[${texts.join(',')}]`)
    case 'object':
      return Buffer.from(texts[0]!)
    case 'ndjson':
      return Buffer.from(`${texts.join('\n')}\n`)
  }
}

export const contentType = ({ format }: RequestForm): string => (format === 'ndjson' ? 'application/x-ndjson' : 'application/json')
