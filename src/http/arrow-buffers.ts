import type { LiveRow, ViewColumn } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'

type Value = LiveRow[number] | undefined

/** The buffers of one Arrow array, by "Physical Memory Layout" of the Arrow columnar format 1.5. */
export interface ArrowBuffers {
  readonly length: number
  readonly nullCount: number
  /** A bit a value, least significant first, 0 for null; absent where there is no null. */
  readonly validity: Uint8Array | undefined
  readonly values: Float64Array | BigInt64Array | Uint8Array
  /** Where each text begins in `values`, and where the last one ends; of texts only. */
  readonly offsets?: Int32Array
}

const isNull = (value: Value): value is null | undefined => value === null || value === undefined
const bitmap = (length: number): Uint8Array => new Uint8Array((length + 7) >> 3)

/** Which values are there; shared by all types, and by lists. */
export function validityOf(values: readonly Value[]): Pick<ArrowBuffers, 'nullCount' | 'validity'> {
  let nullCount = 0
  for (const value of values) if (isNull(value)) nullCount++
  if (nullCount === 0) return { nullCount, validity: undefined }
  const validity = bitmap(values.length)
  for (let i = 0; i < values.length; i++) if (!isNull(values[i])) validity[i >> 3]! |= 1 << (i & 7)
  return { nullCount, validity }
}

function numbers(values: readonly Value[]): Float64Array {
  const doubles = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) doubles[i] = Number(values[i] ?? 0)
  return doubles
}

/** int64 as two halves, low first: without a BigInt a value. Exact below 2^53. */
function wholeNumbers(values: readonly Value[], name: string, whole: (value: number) => number): BigInt64Array {
  const words = new BigInt64Array(values.length)
  const halves = new Int32Array(words.buffer)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isNull(value)) continue
    const number = whole(Number(value))
    if (Number.isSafeInteger(number)) {
      halves[2 * i] = number | 0
      halves[2 * i + 1] = Math.floor(number / 0x1_0000_0000)
    } else if (Number.isInteger(number) && Math.abs(number) < 2 ** 63) {
      words[i] = BigInt(number)
    } else {
      throw new MillraceError('MR520', `\`${name}\` holds ${String(value)}, which an Arrow int64 cannot`)
    }
  }
  return words
}

/** Texts one behind the other. Most are ASCII, where bytes and characters have the same places. */
function texts(values: readonly Value[]): Pick<ArrowBuffers, 'values' | 'offsets'> {
  const offsets = new Int32Array(values.length + 1)
  const strings = values.map(value => (isNull(value) ? '' : String(value)))
  const bytes = Buffer.from(strings.join(''))
  let end = 0
  for (let i = 0; i < strings.length; i++) offsets[i + 1] = end += strings[i]!.length
  if (bytes.length === end) return { values: bytes, offsets }
  // One by one: halves of a pair that meet at a seam are two characters, not one.
  const encoded = strings.map(text => Buffer.from(text))
  end = 0
  for (let i = 0; i < encoded.length; i++) offsets[i + 1] = end += encoded[i]!.length
  return { values: Buffer.concat(encoded, end), offsets }
}

function booleans(values: readonly Value[]): Uint8Array {
  const bits = bitmap(values.length)
  for (let i = 0; i < values.length; i++) if (values[i] === true) bits[i >> 3]! |= 1 << (i & 7)
  return bits
}

/**
 * Values of one column as Arrow buffers: numbers as float64, integers and times (ms) as int64, booleans as bits, texts
 * as UTF-8.
 *
 * @throws MR520 for an `integer` that is none or lies beyond ±2^63.
 */
export function arrowBuffers(type: Exclude<ViewColumn['type'], 'list'>, name: string, values: readonly Value[]): ArrowBuffers {
  const common = { length: values.length, ...validityOf(values) }
  switch (type) {
    case 'number':
      return { ...common, values: numbers(values) }
    case 'integer':
      return { ...common, values: wholeNumbers(values, name, value => value) }
    case 'timestamp':
      return { ...common, values: wholeNumbers(values, name, Math.trunc) }
    case 'boolean':
      return { ...common, values: booleans(values) }
    case 'text':
      return { ...common, ...texts(values) }
  }
}
