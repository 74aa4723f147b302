import type { LiveRow, ViewColumn } from '../model/api.js'
import { instantText } from '../model/instant-text.js'
import type { RowFormat } from './row-format.js'

/** Rows as text in one format: `begin`, then the rows, `between` two of them, then `end` (told whether there were any). */
export interface TextFormat {
  readonly contentType: string
  begin(columns: readonly ViewColumn[]): string
  readonly between: string
  end(any: boolean): string
  /** A function that writes one row. */
  writer(columns: readonly ViewColumn[]): (row: LiveRow) => string
}

type Value = LiveRow[number] | undefined

/** Rows of a view share few times: the last one is remembered. */
function instants(): (ms: number) => string {
  let last = Number.NaN
  let text = ''
  return ms => {
    if (ms !== last) {
      last = ms
      text = instantText(ms)
    }
    return text
  }
}

/**
 * As `String` writes it, but for −0, which keeps its sign: Arrow has it, too. V8 remembers the texts of numbers that
 * `String` made, which a million different ones leave as garbage of long life; `JSON.stringify` writes the same digits and
 * remembers nothing.
 */
export const numberText = (value: number): string =>
  Object.is(value, -0) ? '-0.0' : Number.isFinite(value) ? JSON.stringify(value) : String(value)

function jsonValues(column: ViewColumn): (value: Value) => string {
  if (column.type === 'number') return value => (Object.is(value, -0) ? '-0.0' : JSON.stringify(value ?? null))
  if (column.type !== 'timestamp') return value => JSON.stringify(value ?? null)
  const instant = instants()
  return value => (typeof value === 'number' ? `"${instant(value)}"` : 'null')
}

function jsonWriter(columns: readonly ViewColumn[]): (row: LiveRow) => string {
  const names = columns.map((column, i) => `${i === 0 ? '' : ','}${JSON.stringify(column.name)}:`)
  const values = columns.map(jsonValues)
  return row => {
    let text = '{'
    for (let i = 0; i < names.length; i++) text += names[i]! + values[i]!(row[i])
    return `${text}}`
  }
}

/** A CSV field by RFC 4180; an empty text is quoted, so that it differs from null. */
export function csvField(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function numberTexts({ type }: ViewColumn): (value: number) => string {
  if (type === 'timestamp') return instants()
  // A zero with a fraction would make readers take a column of whole numbers for one of others.
  return type === 'integer' ? value => numberText(value + 0) : numberText
}

function csvValues(column: ViewColumn): (value: Value) => string {
  const number = numberTexts(column)
  return value => {
    if (value === null || value === undefined) return ''
    if (typeof value === 'string') return csvField(value)
    if (typeof value === 'number') return number(value)
    return typeof value === 'boolean' ? String(value) : csvField(JSON.stringify(value))
  }
}

/** A JSON array of flat objects. */
export const jsonRows: TextFormat = {
  contentType: 'application/json; charset=utf-8',
  begin: () => '[',
  between: ',\n',
  end: () => ']\n',
  writer: jsonWriter,
}

/** One JSON object a line. */
export const ndjsonRows: TextFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  begin: () => '',
  between: '\n',
  end: wrote => (wrote ? '\n' : ''),
  writer: jsonWriter,
}

/** CSV by RFC 4180 with a header line; null is an empty field. */
export const csvRows: TextFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  begin: columns => `${columns.map(column => csvField(column.name)).join(',')}\r\n`,
  between: '\r\n',
  end: wrote => (wrote ? '\r\n' : ''),
  writer: columns => {
    const values = columns.map(csvValues)
    return row => {
      let text = ''
      for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ',') + values[i]!(row[i])
      return text
    }
  },
}

const pieceSize = 64 * 1024

/** Rows as pieces of text of about 64 KiB, made as they are asked for. */
export function* rowPieces(format: TextFormat, columns: readonly ViewColumn[], rows: Iterable<LiveRow>): Generator<string> {
  const write = format.writer(columns)
  let piece = format.begin(columns)
  let first = true
  for (const row of rows) {
    piece += (first ? '' : format.between) + write(row)
    first = false
    if (piece.length >= pieceSize) {
      yield piece
      piece = ''
    }
  }
  yield piece + format.end(!first)
}

export const textRows = (format: TextFormat): RowFormat => ({
  contentType: format.contentType,
  pieces: ({ columns, rows }) => rowPieces(format, columns, rows),
})
