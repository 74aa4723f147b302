import { isUtf8 } from 'node:buffer'
import type { Chunk } from '../model/chunk.js'
import type { Schema } from '../model/schema.js'
import type { FieldCheck } from './field-check.js'
import { isAscii } from './is-ascii.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import type { Problem } from './problem.js'

const quote = 0x22
const comma = 0x2c
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads CSV records by RFC 4180, one a message without its line break. A field is read from the cell of its name in the
 * header: that of the file, which the source puts before its records, or the one given, for files without one. An empty cell is
 * null, `""` an empty text; numbers are written as in JSON, booleans as `true` and `false`, times in the format of the schema.
 * MR219 for a wrong number of cells or a stray quote.
 *
 * @example
 * csv(schema({ mote: integer(), temperature: number({ unit: '°C' }) }))
 */
export function csv<T>(schema: Schema<T>, header?: readonly string[]): MessageDecoderSpec<T> {
  return messageDecoder<T>({
    params: { decoder: 'csv', ...(header && { header }) },
    schema,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      const heads = header ? undefined : new CsvHeads()
      let binding = header && bindingOf(checks, header)
      return view => {
        const { bytes, start, end } = view
        const names = heads?.changed(view.chunk!)
        if (names) {
          binding = undefined
          if ('code' in names) return names
          binding = bindingOf(checks, names)
        }
        if (!binding) return heads!.problem
        const { byCell, absent, cells } = binding
        if (!isAscii(bytes, start, end) && !isUtf8(bytes.subarray(start, end))) return { code: 'MR211', reason: 'the line is not UTF-8' }
        const fault = cells.split(bytes, start, end)
        if (fault) return fault
        for (let c = 0; c < byCell.length; c++) {
          const check = byCell[c]
          const problem = check && writeCell(check, rows.row, bytes, cells, c)
          if (problem) return problem
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

function writeCell(check: FieldCheck, row: number, bytes: Uint8Array, cells: CsvCells, c: number): Problem | undefined {
  const start = cells.starts[c]!
  const end = cells.ends[c]!
  if (cells.quoted[c] === 2) return check.cell(row, utf8.decode(bytes.subarray(start, end)).replaceAll('""', '"'))
  if (start === end && cells.quoted[c] === 0) return check.missing(row)
  return check.cellBytes(row, bytes, start, end)
}

/** Which cell a field is read from. */
interface Binding {
  readonly byCell: readonly (FieldCheck | undefined)[]
  /** Fields without a cell. */
  readonly absent: readonly FieldCheck[]
  readonly cells: CsvCells
}

const bindingOf = (checks: readonly FieldCheck[], header: readonly string[]): Binding => ({
  byCell: header.map(name => checks.find(check => check.name === name)),
  absent: checks.filter(check => !header.includes(check.name)),
  cells: new CsvCells(header.length),
})

/** Headers that come with their chunks. */
class CsvHeads {
  problem: Problem = { code: 'MR219', reason: 'the header line of its file did not come with the record' }
  #chunk: Chunk | undefined
  #last = ''

  /** The names, where they are others than before. */
  changed(chunk: Chunk): readonly string[] | Problem | undefined {
    if (chunk === this.#chunk) return undefined
    this.#chunk = chunk
    const first = chunk.starts[0] ?? 0
    const text = utf8.decode(chunk.bytes.subarray(first - (chunk.head ?? 0), first)).replace(/[\r\n]+$/, '')
    if (text === this.#last) return undefined
    this.#last = text
    const names = csvNames(new TextEncoder().encode(text), 0, Buffer.byteLength(text))
    if ('code' in names) this.problem = names
    return names
  }
}

/** The names in a header record. */
export function csvNames(bytes: Uint8Array, start: number, end: number): readonly string[] | Problem {
  const cells = new CsvCells(0)
  const fault = cells.split(bytes, start, end)
  if (fault) return fault
  return Array.from({ length: cells.count }, (_, c) => {
    const name = utf8.decode(bytes.subarray(cells.starts[c]!, cells.ends[c]!))
    return cells.quoted[c] === 2 ? name.replaceAll('""', '"') : name
  })
}

/** Where the cells of one record lie; reused. */
class CsvCells {
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** 0 bare, 1 quoted, 2 quoted with quotes inside. */
  readonly quoted: number[] = []
  count = 0
  private readonly expected: number

  /** `expected` cells a record; 0: any number. */
  constructor(expected: number) {
    this.expected = expected
  }

  split(bytes: Uint8Array, start: number, end: number): Problem | undefined {
    this.count = 0
    for (let at = start; ; at++) {
      const c = this.count++
      if (this.expected > 0 && c >= this.expected) return this.wrongCount(bytes, at, end)
      this.quoted[c] = 0
      if (bytes[at] === quote && at < end) {
        this.quoted[c] = 1
        this.starts[c] = ++at
        for (; ; at++) {
          if (at >= end) return stray('a quote is never closed', this.starts[c]! - 1 - start)
          if (bytes[at] !== quote) continue
          if (at + 1 >= end || bytes[at + 1] !== quote) break
          this.quoted[c] = 2
          at++
        }
        this.ends[c] = at++
        if (at < end && bytes[at] !== comma) return stray('text follows a closed quote', at - start)
      } else {
        this.starts[c] = at
        for (; at < end && bytes[at] !== comma; at++) if (bytes[at] === quote) return stray('a quote stands inside a bare cell', at - start)
        this.ends[c] = at
      }
      if (at >= end) break
    }
    return this.expected > 0 && this.count !== this.expected ? this.problem(this.count) : undefined
  }

  private wrongCount(bytes: Uint8Array, at: number, end: number): Problem {
    let more = 1
    for (let i = at; i < end; i++) if (bytes[i] === comma) more++
    return this.problem(this.expected + more)
  }

  private problem(count: number): Problem {
    return { code: 'MR219', reason: `the line has ${count} ${count === 1 ? 'cell' : 'cells'}, the header ${this.expected}` }
  }
}

const stray = (what: string, offset: number): Problem => ({ code: 'MR219', reason: `${what} (RFC 4180)`, offset })
