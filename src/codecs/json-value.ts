import { type FieldCheck, timeLimit } from './field-check.js'
import { isPlainText } from './json-literals.js'
import { keyIndex, literalEnd, stringEnd } from './json-skip.js'
import type { TimeParser } from './time-pattern.js'

/** Reads the value at `at` into row `row`: the position behind it, or −1 for whatever is not the plain case. */
export type ValueReader = (bytes: Uint8Array, at: number, end: number, row: number) => number

/** The reader of one field that is no number. */
export function valueReader(check: FieldCheck): ValueReader {
  const { type, values } = check.spec
  if (type === 'boolean') return booleanReader(check)
  if (check.parseTime) return timeReader(check, check.parseTime)
  return values ? oneOfReader(check, values) : textReader(check)
}

const booleanReader =
  ({ store }: FieldCheck): ValueReader =>
  (bytes, at, end, row) => {
    const sign = bytes[at]
    if (sign !== 0x74 && sign !== 0x66) return -1
    store?.setBoolean(row, sign === 0x74)
    return literalEnd(bytes, at, end)
  }

const textReader =
  ({ store }: FieldCheck): ValueReader =>
  (bytes, at, end, row) => {
    if (bytes[at] !== 0x22) return -1
    const close = stringEnd(bytes, at + 1, end)
    if (close < 0) return -1
    store?.setBytes(row, bytes, at + 1, close)
    return close + 1
  }

function oneOfReader({ store }: FieldCheck, values: readonly string[]): ValueReader {
  const admitted = values.filter(isPlainText).map(value => new TextEncoder().encode(value))
  return (bytes, at, end, row) => {
    if (bytes[at] !== 0x22) return -1
    const close = stringEnd(bytes, at + 1, end)
    if (close < 0 || keyIndex(admitted, bytes, at + 1, close) < 0) return -1
    store?.setBytes(row, bytes, at + 1, close)
    return close + 1
  }
}

const timeReader =
  ({ store }: FieldCheck, parseTime: TimeParser): ValueReader =>
  (bytes, at, end, row) => {
    if (bytes[at] !== 0x22) return -1
    const close = stringEnd(bytes, at + 1, end)
    if (close < 0) return -1
    const ms = parseTime(bytes, at + 1, close)
    if (!(Math.abs(ms) <= timeLimit)) return -1
    store?.setNumber(row, ms + 0)
    return close + 1
  }
