import { outputRow } from '../../src/connector/output-row.js'
import type { OutputBatch } from '../../src/connector/sink.js'

/** Rows as a file holds them. */
export interface ResultText {
  readonly text: string
  /** The line that has to stand at the beginning of the file. */
  readonly header?: string
}

/** A JSON object a line. */
export function ndjsonText(outputs: OutputBatch): ResultText {
  let text = ''
  for (let row = 0; row < outputs.length; row++) text += `${JSON.stringify(outputRow(outputs, row))}\n`
  return { text }
}

/**
 * Lines of CSV by RFC 4180, ended by line feeds: null is an empty cell and an empty text `""`, as `csv(S)` reads them.
 *
 * @param standing the header of the file that they go to: a column `removed`, once there, stays
 */
export function csvText(outputs: OutputBatch, standing: string | undefined): ResultText {
  const names = outputs.schema.map(({ name }) => name)
  const withRemoved = headerLine([...names, 'removed'])
  const header = outputs.removed?.includes(1) || standing === withRemoved ? withRemoved : headerLine(names)
  const columns = header === withRemoved ? [...names, 'removed'] : names
  let text = ''
  for (let row = 0; row < outputs.length; row++) {
    const fields = outputRow(outputs, row)
    text += `${columns.map(name => cell(fields[name])).join(',')}\n`
  }
  return { text, header }
}

const headerLine = (names: readonly string[]): string => `${names.map(cell).join(',')}\n`

function cell(value: unknown): string {
  if (typeof value !== 'string') {
    // NaN and infinities are null, as in JSON.
    const text = value === undefined ? 'null' : JSON.stringify(value)
    return text === 'null' ? '' : typeof value === 'object' ? quoted(text) : text
  }
  return value === '' || /[",\r\n]/.test(value) ? quoted(value) : value
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
