import type { FieldSpec } from '../model/schema.js'
import { AmqpUnsupported } from './amqp-unsupported.js'
import type { ColumnStore } from './column-store.js'
import { describeValue } from './describe-value.js'
import { plainNumber } from './plain-number.js'
import type { Problem } from './problem.js'
import { rfc3339 } from './rfc3339.js'
import { type TimeParser, timePattern } from './time-pattern.js'

/** The range of ECMAScript times, ±100 million days. */
export const timeLimit = 8.64e15
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const scratch = new Uint8Array(96)
const utf8 = new TextEncoder()
const utf8Text = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Checks the values of one schema field and puts them into the field's column, if it is wanted. Every method answers
 * undefined, or why the value cannot stand. Nothing is converted silently.
 */
export class FieldCheck {
  readonly name: string
  readonly spec: FieldSpec
  readonly store: ColumnStore | undefined
  /** How an error names the place: `d.t`, `application-properties.room`. */
  readonly path: string
  readonly parseTime: TimeParser | undefined
  private readonly values: ReadonlySet<string> | undefined

  constructor(name: string, spec: FieldSpec, store: ColumnStore | undefined) {
    this.name = name
    this.spec = spec
    this.store = store
    this.path = spec.origin.section === 'body' ? spec.path.join('.') : `${spec.origin.section}.${spec.origin.key}`
    const format = spec.format ?? 'rfc3339'
    if (spec.type === 'timestamp') {
      if (typeof format === 'object') this.parseTime = timePattern(format.pattern, format.zone)
      else if (format === 'rfc3339') this.parseTime = rfc3339
    }
    this.values = spec.values && new Set(spec.values)
  }

  /** The value is absent or null. */
  missing(row: number): Problem | undefined {
    if (!this.spec.nullable) return this.problem('MR202', `\`${this.name}\` is missing; the schema wants ${this.wanted()}`)
    this.store?.setNull(row)
    return undefined
  }

  /** A value as JSON or AMQP gave it. */
  value(row: number, value: unknown): Problem | undefined {
    if (value === null || value === undefined) return this.missing(row)
    switch (this.spec.type) {
      case 'number':
        return typeof value === 'number'
          ? this.number(row, value)
          : typeof value === 'bigint'
            ? this.number(row, Number(value))
            : this.mistyped(value)
      case 'integer':
        if (typeof value === 'bigint') return this.problem('MR208', `\`${this.name}\` is ${value}, beyond ±(2^53 − 1)`)
        return typeof value === 'number' ? this.integer(row, value) : this.mistyped(value)
      case 'boolean':
        if (typeof value !== 'boolean') return this.mistyped(value)
        this.store?.setBoolean(row, value)
        return undefined
      case 'text':
        return typeof value === 'string' ? this.text(row, value) : this.mistyped(value)
      case 'timestamp':
        if (value instanceof Date) return this.time(row, value.getTime(), value)
        if (typeof value === 'bigint') return this.epoch(row, Number(value))
        if (typeof value === 'number') return this.epoch(row, value)
        return typeof value === 'string' && this.parseTime ? this.timeText(row, value) : this.mistyped(value)
    }
  }

  /** A value written as text: a CSV cell, or a body such as "23". Numbers in the syntax of JSON, booleans `true` and `false`. */
  cell(row: number, text: string): Problem | undefined {
    switch (this.spec.type) {
      case 'text':
        return this.text(row, text)
      case 'boolean':
        if (text !== 'true' && text !== 'false') return this.mistyped(text)
        this.store?.setBoolean(row, text === 'true')
        return undefined
      case 'timestamp':
        if (this.parseTime) return this.timeText(row, text)
        return jsonNumber.test(text) ? this.epoch(row, Number(text)) : this.mistyped(text)
      default:
        if (!jsonNumber.test(text)) return this.mistyped(text)
        return this.spec.type === 'number' ? this.number(row, Number(text)) : this.integer(row, Number(text))
    }
  }

  /** The same of UTF-8 bytes, without a string where that is possible. */
  cellBytes(row: number, bytes: Uint8Array, start: number, end: number): Problem | undefined {
    const { type } = this.spec
    if (type === 'text' && !this.values) {
      this.store?.setBytes(row, bytes, start, end)
      return undefined
    }
    if (type === 'number' || type === 'integer') {
      const value = plainNumber(bytes, start, end)
      if (!Number.isNaN(value)) return type === 'number' ? this.number(row, value) : this.integer(row, value)
    } else if (type === 'timestamp' && this.parseTime) {
      const ms = this.parseTime(bytes, start, end)
      if (!Number.isNaN(ms)) return this.time(row, ms, ms)
    } else if (type === 'timestamp') {
      const value = plainNumber(bytes, start, end)
      if (!Number.isNaN(value)) return this.epoch(row, value)
    }
    return this.cell(row, utf8Text.decode(bytes.subarray(start, end)))
  }

  number(row: number, value: number): Problem | undefined {
    if (!Number.isFinite(value) && !this.spec.allowNonFinite) {
      return this.problem('MR204', `\`${this.name}\` is ${value}; the schema wants ${this.wanted()}`)
    }
    this.store?.setNumber(row, value)
    return undefined
  }

  integer(row: number, value: number): Problem | undefined {
    if (!Number.isSafeInteger(value)) {
      const what = Number.isInteger(value) ? `is ${value}, beyond ±(2^53 − 1)` : `is ${value}, not a whole number`
      return this.problem('MR208', `\`${this.name}\` ${what}`)
    }
    this.store?.setNumber(row, value + 0)
    return undefined
  }

  text(row: number, value: string): Problem | undefined {
    if (this.values && !this.values.has(value)) {
      return this.problem('MR205', `\`${this.name}\` is ${describeValue(value)}; the schema admits ${[...this.values].join(', ')}`)
    }
    this.store?.setText(row, value)
    return undefined
  }

  /** A number in the epoch format of the schema. */
  epoch(row: number, value: number): Problem | undefined {
    const format = this.spec.format ?? 'rfc3339'
    if (typeof format === 'object' || format === 'rfc3339') return this.mistyped(value)
    // To the nearest ms: a double of ns or of fractional seconds lies a little beside what was written.
    const ms = format === 'epoch-ns' ? value / 1e6 : format === 'epoch-s' ? value * 1_000 : value
    return this.time(row, Math.round(ms), value)
  }

  problem(code: Problem['code'], reason: string): Problem {
    return { code, reason, path: this.path }
  }

  mistyped(value: unknown): Problem {
    if (value instanceof AmqpUnsupported) {
      return this.problem(
        'MR203',
        `\`${this.name}\` is an AMQP ${value.type}, which has no exact number here; the schema wants ${this.wanted()}`,
      )
    }
    return this.problem('MR203', `\`${this.name}\` is ${describeValue(value)}; the schema wants ${this.wanted()}`)
  }

  /** What the schema wants: `a number in °C`. */
  wanted(): string {
    const { type, unit, values, format = 'rfc3339' } = this.spec
    switch (type) {
      case 'number':
        return unit === undefined ? 'a number' : `a number in ${unit}`
      case 'integer':
        return unit === undefined ? 'a whole number' : `a whole number in ${unit}`
      case 'boolean':
        return 'true or false'
      case 'text':
        return values ? `one of ${values.join(', ')}` : 'a text'
      case 'timestamp':
        return `a time (${typeof format === 'object' ? `${format.pattern}, ${format.zone}` : format})`
    }
  }

  private timeText(row: number, text: string): Problem | undefined {
    const { read, written } = utf8.encodeInto(text, scratch)
    return this.time(row, read === text.length ? this.parseTime!(scratch, 0, written) : Number.NaN, text)
  }

  private time(row: number, ms: number, value: unknown): Problem | undefined {
    if (!(Math.abs(ms) <= timeLimit)) {
      return this.problem('MR206', `\`${this.name}\` is ${describeValue(value)}; the schema wants ${this.wanted()}`)
    }
    this.store?.setNumber(row, ms + 0)
    return undefined
  }
}
