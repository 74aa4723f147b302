import { isUtf8 } from 'node:buffer'
import type { Chunk } from '../model/chunk.js'
import type { Schema } from '../model/schema.js'
import { type CellReader, cellReader, otherWriting } from './cell-reader.js'
import { CsvCells } from './csv-cells.js'
import { csvColumn } from './csv-column.js'
import { type CsvForm, type CsvOptions, csvForm, csvParams } from './csv-form.js'
import { csvNames } from './csv-names.js'
import type { FieldCheck } from './field-check.js'
import { isAscii } from './is-ascii.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import type { Problem } from './problem.js'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads CSV records by RFC 4180, one a message without its line break. A field is read from the cell of its name, or of its
 * `.at('name')`, in the header: that of the file, which the source puts before its records, or the one given, for files without one. An empty cell is
 * null, `""` an empty text; numbers are written as in JSON, booleans as `true` and `false`, times in the format of the schema.
 * MR219 for a wrong number of cells or a stray quote.
 *
 * Files of spreadsheets differ: `{ delimiter: ';', decimal: ',' }` reads what one writes where numbers have a decimal comma, and
 * `booleans: ['TRUE', 'FALSE']` their truth values.
 *
 * @param options how the file is written, or the names of its columns.
 * @throws MR302 naming every wrong option, MR105 for what is no schema.
 * @example
 * csv(schema({ mote: integer(), temperature: number({ unit: '°C' }) }), { delimiter: ';', decimal: ',' })
 */
export function csv<T>(schema: Schema<T>, options: readonly string[] | CsvOptions = {}): MessageDecoderSpec<T> {
  const form = csvForm(options)
  const { header } = form
  return messageDecoder<T>({
    params: { decoder: 'csv', ...csvParams(form) },
    schema,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      const heads = header ? undefined : new CsvHeads(form)
      let binding = header && bindingOf(checks, header, form)
      return view => {
        const { bytes, start, end } = view
        const names = heads?.changed(view.chunk!)
        if (names) {
          binding = undefined
          if ('code' in names) return names
          binding = bindingOf(checks, names, form)
        }
        if (!binding) return heads!.problem
        const { byCell, absent, cells } = binding
        if (!isAscii(bytes, start, end) && !isUtf8(bytes.subarray(start, end)))
          return { code: 'MR211', reason: 'the line is not UTF-8: save the file as "CSV UTF-8"' }
        const fault = cells.split(bytes, start, end)
        if (fault) return fault
        for (let c = 0; c < byCell.length; c++) {
          const column = byCell[c]
          const problem = column && writeCell(column.reader, rows.row, bytes, cells, c)
          if (problem) return withRemark(problem, column.check, cellText(bytes, cells, c), form)
        }
        for (const check of absent) {
          const problem = check.missing(rows.row)
          if (problem) return problem
        }
        return undefined
      }
    },
  })
}

function writeCell(reader: CellReader, row: number, bytes: Uint8Array, cells: CsvCells, c: number): Problem | undefined {
  const start = cells.starts[c]!
  const end = cells.ends[c]!
  if (cells.quoted[c] === 2) return reader.cell(row, cellText(bytes, cells, c))
  if (start === end && cells.quoted[c] === 0) return reader.missing(row)
  return reader.cellBytes(row, bytes, start, end)
}

function cellText(bytes: Uint8Array, { starts, ends, quoted }: CsvCells, c: number): string {
  const text = utf8.decode(bytes.subarray(starts[c]!, ends[c]!))
  return quoted[c] === 2 ? text.replaceAll('""', '"') : text
}

function withRemark(problem: Problem, check: FieldCheck, text: string, form: CsvForm): Problem {
  const remark = problem.code === 'MR203' ? otherWriting(check, text, form) : undefined
  return remark === undefined ? problem : { ...problem, reason: `${problem.reason}; ${remark}` }
}

/** Which cell a field is read from. */
interface Binding {
  readonly byCell: readonly (Column | undefined)[]
  /** Fields without a cell. */
  readonly absent: readonly FieldCheck[]
  readonly cells: CsvCells
}

interface Column {
  readonly check: FieldCheck
  readonly reader: CellReader
}

const bindingOf = (checks: readonly FieldCheck[], header: readonly string[], form: CsvForm): Binding => ({
  byCell: header.map(column => {
    const check = checks.find(({ name, spec }) => csvColumn(name, spec, header) === column)
    return check && { check, reader: cellReader(check, form) }
  }),
  absent: checks.filter(({ name, spec }) => !header.includes(csvColumn(name, spec, header))),
  cells: new CsvCells(form.delimiter, header.length),
})

/** Headers that come with their chunks. */
class CsvHeads {
  problem: Problem = { code: 'MR219', reason: 'the header line of its file did not come with the record' }
  readonly #delimiter: number
  #chunk: Chunk | undefined
  #last = ''

  constructor({ delimiter }: CsvForm) {
    this.#delimiter = delimiter
  }

  /** The names, where they are others than before. */
  changed(chunk: Chunk): readonly string[] | Problem | undefined {
    if (chunk === this.#chunk) return undefined
    this.#chunk = chunk
    const first = chunk.starts[0] ?? 0
    const text = utf8.decode(chunk.bytes.subarray(first - (chunk.head ?? 0), lineEnd(chunk.bytes, first)))
    if (text === this.#last) return undefined
    this.#last = text
    const bytes = new TextEncoder().encode(text)
    const names = csvNames(bytes, 0, bytes.length, this.#delimiter)
    if ('code' in names) this.problem = names
    return names
  }
}

/** Where the line that ends before `at` has its text's end. Byte by byte: a pattern would take the square of a quoted cell full of line ends. */
function lineEnd(bytes: Uint8Array, at: number): number {
  let end = at
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--
  return end
}
