import type { CsvForm } from './csv-form.js'
import type { FieldCheck } from './field-check.js'
import type { Problem } from './problem.js'
import { sameBytes } from './same-bytes.js'

/** Puts the cells of a column into its field; a `FieldCheck` is one for cells as JSON writes values. */
export type CellReader = Pick<FieldCheck, 'missing' | 'cell' | 'cellBytes'>

const comma = 0x2c
const point = 0x2e
const numberBytes = 64
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const ascii = new TextEncoder()

/** How the cells of a field are read. */
export function cellReader(check: FieldCheck, { decimal, booleans }: CsvForm): CellReader {
  const { type } = check.spec
  if (type === 'boolean' && (booleans[0] !== 'true' || booleans[1] !== 'false')) return new BooleanWords(check, booleans)
  const isNumber = type === 'number' || type === 'integer' || (type === 'timestamp' && !check.parseTime)
  return isNumber && decimal === ',' ? new CommaNumbers(check) : check
}

/** Numbers whose decimal mark is a comma. A point in them is refused: it may part thousands. */
class CommaNumbers implements CellReader {
  private readonly check: FieldCheck
  private readonly scratch = new Uint8Array(numberBytes)

  constructor(check: FieldCheck) {
    this.check = check
  }

  missing(row: number): Problem | undefined {
    return this.check.missing(row)
  }

  cell(row: number, text: string): Problem | undefined {
    if (text.includes('.')) return this.check.mistyped(text)
    const problem = this.check.cell(row, text.replace(',', '.'))
    return problem?.code === 'MR203' ? this.check.mistyped(text) : problem
  }

  cellBytes(row: number, bytes: Uint8Array, start: number, end: number): Problem | undefined {
    const { scratch } = this
    const length = end - start
    let isSimple = length <= numberBytes
    for (let i = 0; i < length && isSimple; i++) {
      const byte = bytes[start + i]!
      isSimple = byte !== point
      scratch[i] = byte === comma ? point : byte
    }
    const problem = isSimple ? this.check.cellBytes(row, scratch, 0, length) : undefined
    if (isSimple && problem?.code !== 'MR203') return problem
    return this.cell(row, utf8.decode(bytes.subarray(start, end)))
  }
}

/** True and false in the words of a file. */
class BooleanWords implements CellReader {
  private readonly check: FieldCheck
  private readonly yes: Uint8Array
  private readonly no: Uint8Array

  constructor(check: FieldCheck, [yes, no]: CsvForm['booleans']) {
    this.check = check
    this.yes = ascii.encode(yes)
    this.no = ascii.encode(no)
  }

  missing(row: number): Problem | undefined {
    return this.check.missing(row)
  }

  cell(row: number, text: string): Problem | undefined {
    const bytes = ascii.encode(text)
    return this.cellBytes(row, bytes, 0, bytes.length)
  }

  cellBytes(row: number, bytes: Uint8Array, start: number, end: number): Problem | undefined {
    if (sameBytes(bytes, start, end, this.yes)) return this.check.value(row, true)
    if (sameBytes(bytes, start, end, this.no)) return this.check.value(row, false)
    return this.check.mistyped(utf8.decode(bytes.subarray(start, end)))
  }
}

const thousands = /^-?\d{1,3}(?:(?:[.,]\d{3}){2,}|(?:[ '\u2019\u00a0\u202f]\d{3})+|[.,]\d{3}(?=[.,]))(?:[.,]\d+)?$/

/** What a refused cell looks like: written in another way than this form has it. Undefined: nothing that is known. */
export function otherWriting({ spec }: FieldCheck, text: string, { decimal }: CsvForm): string | undefined {
  if (spec.type === 'boolean') return `other words for it are named by csv(Schema, { booleans: ['TRUE', 'FALSE'] })`
  const isNumber = spec.type === 'number' || spec.type === 'integer' || spec.type === 'timestamp'
  if (!isNumber) return undefined
  if (thousands.test(text)) return 'marks between thousands are not read: write numbers without them'
  if (!/^-?\d+[.,]\d+$/.test(text) || text.includes(decimal)) return undefined
  if (decimal === ',') return 'its decimal mark is to be a comma, and a point may part thousands'
  // Read as decimals, such cells would be a thousandth of what was meant.
  return /^-?[1-9]\d{0,2},\d{3}$/.test(text)
    ? "a comma that parts thousands is to be left out, a decimal one is read by csv(Schema, { decimal: ',' })"
    : "did you mean a decimal comma? csv(Schema, { decimal: ',' })"
}
