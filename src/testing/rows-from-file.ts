import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { csv } from '../codecs/csv.js'
import { csvColumn } from '../codecs/csv-column.js'
import { type CsvOptions, csvForm } from '../codecs/csv-form.js'
import { csvNames } from '../codecs/csv-names.js'
import { delimiterLineEnd } from '../codecs/delimiter-line.js'
import { json } from '../codecs/json.js'
import { valueAt } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'

interface Line {
  readonly start: number
  readonly end: number
  readonly number: number
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const quote = 0x22

/**
 * The rows of a CSV or NDJSON file (`.csv`, `.ndjson`, `.jsonl`), as a schema reads them: fields are bound by name, as with
 * `--read`. A fixture is small; it is read whole.
 *
 * @param file from the current folder, or `new URL('readings.csv', import.meta.url)` for one beside the test.
 * @param options how the CSV is written: `{ delimiter: ';', decimal: ',' }`.
 * @throws MR217 … MR220 and the codes of the decoder for the first line that is no row of the schema.
 * @example
 * rowsFromFile('data/motes.csv', schema({ mote: integer(), temperature: number() })).length // 18914
 */
export function rowsFromFile<T>(file: string | URL, schema: Schema<T>, options: CsvOptions = {}): T[] {
  const path = file instanceof URL ? fileURLToPath(file) : file
  const isCsv = /\.csv$/i.test(path)
  if (!isCsv && !/\.(ndjson|jsonl)$/i.test(path)) throw new MillraceError('MR220', `${path} is neither .csv nor .ndjson`)
  const bytes = bytesOf(path)
  const form = csvForm(options)
  const preface = isCsv ? delimiterLineEnd(bytes, 0, bytes.length, form.delimiter) : undefined
  const [first, ...rest] = linesOf(bytes, isCsv, preface)
  if (!first) return []
  const named = byName(schema as Schema<unknown>, isCsv)
  const header = form.header ?? (isCsv ? headerOf(path, bytes, first, named, form.delimiter) : undefined)
  const spec = isCsv ? csv(named, { ...options, ...(header && { header }) }) : json(named)
  const lines = isCsv && !form.header ? rest : [first, ...rest]
  const decoded = spec.compile({ wanted: new Set(Object.keys(named.fields)), keyed: new Set() }).decode({
    encoding: 'body',
    partition: 0,
    bytes,
    starts: Int32Array.from(lines, ({ start }) => start),
    ends: Int32Array.from(lines, ({ end }) => end),
    length: lines.length,
    receipt: 0,
  })
  const [bad] = decoded.rejected
  if (bad) throw new MillraceError(bad.code, bad.reason, { place: { file: path, line: lines[bad.message]!.number, column: 1 } })
  const row = (i: number): object => Object.fromEntries(Object.entries(decoded.columns).map(([name, column]) => [name, valueAt(column, i)]))
  return Array.from({ length: decoded.length }, (_, i) => row(i) as T)
}

function bytesOf(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path)
    // A byte order mark is no part of the first name.
    return bytes.subarray(bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)
  } catch (cause) {
    throw new MillraceError('MR218', `${path} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** The records of a file without their line breaks, blank ones left out; quoted cells of CSV may hold line breaks. */
function linesOf(bytes: Uint8Array, quotes: boolean, preface: number | undefined): readonly Line[] {
  const lines: Line[] = []
  let number = preface === undefined ? 1 : 2
  for (let start = preface ?? 0; start < bytes.length; ) {
    let quoted = false
    let end = start
    let breaks = 0
    for (; end < bytes.length && (quoted || bytes[end] !== lineFeed); end++) {
      if (quotes && bytes[end] === quote) quoted = !quoted
      if (bytes[end] === lineFeed) breaks++
    }
    const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end
    if (stop > start) lines.push({ start, end: stop, number })
    number += breaks + 1
    start = end + 1
  }
  return lines
}

function headerOf(path: string, bytes: Uint8Array, { start, end }: Line, schema: Schema<unknown>, delimiter: number): readonly string[] {
  const names = csvNames(bytes, start, end, delimiter)
  if ('code' in names) throw new MillraceError(names.code, `the header of ${path} is malformed: ${names.reason}`)
  const fields = Object.entries(schema.fields as Readonly<Record<string, FieldSpec>>).filter(([, { nullable }]) => !nullable)
  const columns = fields.map(([name, spec]) => csvColumn(name, spec, names))
  const missing = columns.filter(column => !names.includes(column)).map(column => `\`${column}\``)
  if (missing.length > 0) {
    throw new MillraceError('MR217', `${path} has no column ${missing.join(', ')}`, { notes: [`columns of the file: ${names.join(', ')}`] })
  }
  return names
}

/** The schema with every field read from the body, by its own name; CSV knows which column is meant. */
function byName(schema: Schema<unknown>, isCsv: boolean): Schema<unknown> {
  const fields = Object.entries(schema.fields as Readonly<Record<string, FieldSpec>>)
  return {
    fields: Object.fromEntries(
      fields.map(([name, spec]) => [name, { ...spec, origin: { section: 'body' }, path: isCsv ? spec.path : [name] }]),
    ) as never,
  }
}
