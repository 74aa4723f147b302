import type { ColumnStore } from './column-store.js'
import type { FieldCheck } from './field-check.js'
import { literalEnd, stringEnd } from './json-skip.js'
import { powersOfTen } from './plain-number.js'
import type { TimeParser } from './time-pattern.js'

const kinds = { number: 0, integer: 1, epoch: 2, time: 3, text: 4, boolean: 5 } as const
const timeLimit = 8.64e15

/** Reads one field at the place where the scanner stands; −1 for whatever is not the plain case. */
export class JsonLeaf {
  readonly index: number
  private readonly kind: (typeof kinds)[keyof typeof kinds]
  private readonly nullable: boolean
  private readonly store: ColumnStore | undefined
  private readonly parseTime: TimeParser | undefined
  private readonly values: readonly Uint8Array[] | undefined
  /** Epoch formats: ms = round(value × scale), or round(value ÷ divisor). */
  private readonly scale: number
  private readonly divisor: number

  constructor(check: FieldCheck, index: number) {
    const { type, format, nullable, values } = check.spec
    this.index = index
    this.nullable = nullable
    this.store = check.store
    this.parseTime = check.parseTime
    this.kind = type === 'timestamp' ? (check.parseTime ? kinds.time : kinds.epoch) : kinds[type]
    this.values = values?.map(value => new TextEncoder().encode(value))
    this.scale = format === 'epoch-s' ? 1_000 : 1
    this.divisor = format === 'epoch-ns' ? 1e6 : 1
  }

  /** Null into row `row`; false where the field wants a value. */
  setNull(row: number): boolean {
    if (!this.nullable) return false
    this.store?.setNull(row)
    return true
  }

  /** The position behind the value at `at`, written into row `row`; −1: not plain. */
  read(bytes: Uint8Array, at: number, end: number, row: number): number {
    if (bytes[at] === 0x6e) return this.setNull(row) ? literalEnd(bytes, at, end) : -1
    if (this.kind <= kinds.epoch) return this.number(bytes, at, end, row)
    if (this.kind === kinds.boolean) {
      const next = literalEnd(bytes, at, end)
      if (next > 0) this.store?.setBoolean(row, bytes[at] === 0x74)
      return next
    }
    if (bytes[at] !== 0x22) return -1
    const start = at + 1
    const close = stringEnd(bytes, start, end)
    if (close < 0) return -1
    if (this.kind === kinds.time) {
      const ms = this.parseTime!(bytes, start, close)
      if (!(Math.abs(ms) <= timeLimit)) return -1
      this.store?.setNumber(row, ms + 0)
      return close + 1
    }
    if (this.values && !this.admits(bytes, start, close)) return -1
    this.store?.setBytes(row, bytes, start, close)
    return close + 1
  }

  /** See `plainNumber`; here the end is found on the way. */
  private number(bytes: Uint8Array, from: number, end: number, row: number): number {
    let at = from
    const negative = bytes[at] === 45
    if (negative) at++
    const first = at
    let value = 0
    let digit = 0
    // Nine digits fit an integer register; the rest goes on in doubles.
    let short = 0
    const shortEnd = Math.min(end, at + 9)
    for (; at < shortEnd; at++) {
      digit = bytes[at]! - 48
      if (digit >>> 0 > 9) break
      short = (short * 10 + digit) | 0
    }
    value = short
    if (at === shortEnd) {
      for (; at < end; at++) {
        digit = bytes[at]! - 48
        if (digit >>> 0 > 9) break
        value = value * 10 + digit
      }
    }
    const whole = at - first
    if (whole === 0 || whole > 15 || (whole > 1 && bytes[first] === 48)) return -1
    if (at < end && bytes[at] === 46) {
      const point = ++at
      for (; at < end; at++) {
        digit = bytes[at]! - 48
        if (digit >>> 0 > 9) break
        value = value * 10 + digit
      }
      const fraction = at - point
      if (fraction === 0 || whole + fraction > 15) return -1
      value /= powersOfTen[fraction]!
    }
    // An exponent: not plain.
    if (at < end && (bytes[at]! | 0x20) === 0x65) return -1
    if (negative) value = -value
    if (this.kind === kinds.integer) {
      if (!Number.isInteger(value)) return -1
      value += 0
    } else if (this.kind === kinds.epoch) {
      value = Math.round(this.divisor === 1 ? value * this.scale : value / this.divisor) + 0
      if (!(Math.abs(value) <= timeLimit)) return -1
    }
    this.store?.setNumber(row, value)
    return at
  }

  private admits(bytes: Uint8Array, start: number, end: number): boolean {
    const values = this.values!
    for (let v = 0; v < values.length; v++) {
      const value = values[v]!
      if (value.length !== end - start) continue
      let i = 0
      while (i < value.length && value[i] === bytes[start + i]) i++
      if (i === value.length) return true
    }
    return false
  }
}
