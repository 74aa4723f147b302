import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../model/batch.js'
import type { Clock } from '../model/clock.js'
import { type Column, type Columns, valueAt } from '../model/columns.js'
import type { Dictionary } from '../model/dictionary.js'
import type { Instant } from '../model/schema.js'
import type { ColumnInfo } from '../model/value-type.js'
import { compileColumn } from './compile-column.js'
import { compilePredicate } from './compile-predicate.js'
import { format } from './format.js'
import { literal } from './literal.js'
import type { ExprNode } from './node.js'
import { nodeOf } from './node-of.js'
import { now } from './now.js'
import { symbolicRow } from './symbolic-row.js'
import type { BoolExpr, NumberExpr, TextExpr, TimeExpr } from './types.js'
import { when } from './when.js'

// ---- the oracle: one row at a time, as the rules read, sharing nothing with the generated loops ----

type Value = number | string | boolean | null

interface Context {
  readonly time: number
  readonly clock: Clock
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>()
function datePart(part: 'year' | 'month' | 'day' | 'hour', time: number, zone: string | undefined): number {
  if (Number.isNaN(new Date(time).getTime())) return Number.NaN
  const key = `${part} ${zone}`
  const known = zoneFormats.get(key) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone ?? 'UTC', hourCycle: 'h23', [part]: 'numeric' })
  zoneFormats.set(key, known)
  return Number(known.format(time))
}

function kleene(op: 'and' | 'or', values: readonly Value[]): boolean | null {
  const decisive = op === 'or'
  if (values.includes(decisive)) return decisive
  return values.includes(null) ? null : !decisive
}

function scalar(node: ExprNode, [a, b, c]: readonly never[], all: readonly Value[]): Value {
  const [x, y]: readonly [number, number] = [a!, b!]
  switch (node.op) {
    case 'eq':
      return x === y
    case 'ne':
      return x !== y
    case 'gt':
      return x > y
    case 'ge':
      return x >= y
    case 'lt':
      return x < y
    case 'le':
      return x <= y
    case 'between':
      return x >= y && x <= c!
    case 'isIn':
      return (node.value as readonly Value[]).some(v => v === a)
    case 'not':
      return !a
    case 'add':
      return x + y
    case 'sub':
      return x - y
    case 'mul':
      return x * y
    case 'div':
      return y === 0 ? null : x / y
    case 'mod':
      return y === 0 ? null : x % y === 0 ? 0 : Math.sign(x % y) === Math.sign(y) ? x % y : (x % y) + y
    case 'neg':
      return -x
    case 'abs':
      return x < 0 ? -x : x
    case 'round': {
      const scale = 10 ** Number(node.value)
      const [whole, sign] = [Math.abs(x) * scale, Math.sign(x)]
      if (!(whole < 2 ** 52)) return x
      const floor = Math.floor(whole)
      return (sign * (whole - floor >= 0.5 ? floor + 1 : floor)) / scale
    }
    case 'lower':
      return String(a).toLowerCase()
    case 'upper':
      return String(a).toUpperCase()
    case 'concat':
      return all.join('')
    case 'contains':
      return String(a).indexOf(String(node.value)) >= 0
    case 'startsWith':
      return String(a).slice(0, String(node.value).length) === node.value
    case 'matches': {
      const { source, flags } = node.value as { source: string; flags: string }
      return String(a).search(new RegExp(source, flags)) >= 0
    }
    case 'format': {
      const texts = node.value as readonly string[]
      const printed = all.map((v, i) => (node.args![i]!.type === 'timestamp' ? new Date(v as number).toISOString() : String(v)))
      return texts.map((text, i) => text + (printed[i] ?? '')).join('')
    }
    case 'truncate': {
      const at = new Date(x)
      const units = ['day', 'hour', 'minute', 'second']
      const depth = units.indexOf(String(node.value))
      at.setUTCMilliseconds(0)
      if (depth < 3) at.setUTCSeconds(0)
      if (depth < 2) at.setUTCMinutes(0)
      if (depth < 1) at.setUTCHours(0)
      return at.getTime()
    }
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      return datePart(node.op, x, node.value as string | undefined)
    default:
      throw new Error(`oracle: ${node.op}`)
  }
}

function evaluate(node: ExprNode, row: Readonly<Record<string, Value>>, context: Context): Value {
  if (node.op === 'field') return row[node.name!] ?? null
  if (node.op === 'literal') return node.value as Value
  if (node.op === 'now') return context.clock.frozen ? context.time : context.clock.wall
  const values = node.args!.map(arg => evaluate(arg, row, context))
  if (node.op === 'isNull') return values[0] === null
  if (node.op === 'orElse') return values[0] ?? values[1]!
  if (node.op === 'when') return values[0] === true ? values[1]! : values[2]!
  if (node.op === 'and' || node.op === 'or') return kleene(node.op, values)
  return values.includes(null) ? null : scalar(node, values as never[], values)
}

// ---- random expressions ----

const infos: readonly ColumnInfo[] = [
  { name: 'x', type: 'number', nullable: true },
  { name: 'y', type: 'number', nullable: false },
  { name: 'n', type: 'integer', nullable: true },
  { name: 's', type: 'text', nullable: true },
  { name: 't', type: 'text', nullable: false },
  { name: 'b', type: 'boolean', nullable: true },
  { name: 'at', type: 'timestamp', nullable: true },
]
interface Row {
  x: NumberExpr<number | null>
  y: NumberExpr
  n: NumberExpr<number | null>
  s: TextExpr<string | null>
  t: TextExpr
  b: BoolExpr<boolean | null>
  at: TimeExpr<Instant | null>
}
const r = symbolicRow(infos) as unknown as Row

type Num = NumberExpr<number | null>
type Text = TextExpr<string | null>
type Bool = BoolExpr<boolean | null>
type Time = TimeExpr<Instant | null>

const numbers = fc.constantFrom(0, 1, -1, 2, 3, -3, 0.5, 2.5, -2.5, 1.005, 7.25, 1e9, -1e300)
const texts = fc.constantFrom('', 'a', 'A', 'ab', 'room', 'Küche', 'ß', '🌡', 'b🌡a', "'\n`${")
const zones = fc.constantFrom(undefined, 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Monrovia', 'Asia/Kathmandu')
const times = fc.oneof(
  fc.constantFrom(
    0,
    -1,
    Date.UTC(2026, 2, 29, 0, 59),
    Date.UTC(2026, 2, 29, 1),
    Date.UTC(1972, 0, 7, 0, 44),
    Date.UTC(2000, 1, 29, 23),
    Date.UTC(2026, 3, 4, 15, 5),
  ),
  fc.integer({ min: Date.UTC(1890, 0, 1), max: Date.UTC(2100, 0, 1) }),
)

const { num, text, bool, time } = fc.letrec<{ num: Num; text: Text; bool: Bool; time: Time }>(tie => {
  const [numberOf, textOf, boolOf, timeOf] = [tie('num'), tie('text'), tie('bool'), tie('time')]
  return {
    num: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Num>(r.x, r.y, r.n),
      numbers.map(v => literal(v)),
      fc
        .tuple(numberOf, fc.constantFrom('add', 'sub', 'mul', 'div', 'mod'), fc.oneof(numberOf, numbers))
        .map(([a, op, v]): Num => a[op](v)),
      fc.tuple(numberOf, fc.constantFrom('neg', 'abs')).map(([a, op]): Num => a[op]()),
      fc.tuple(numberOf, fc.integer({ min: 0, max: 3 })).map(([a, digits]): Num => a.round(digits)),
      fc.tuple(numberOf, numberOf).map(([a, v]): Num => a.orElse(v)),
      fc.tuple(boolOf, numberOf, fc.oneof(numberOf, fc.constant(null))).map(([c, a, v]): Num => when(c).then(a).otherwise(v)),
      fc.tuple(timeOf, fc.constantFrom('year', 'month', 'day', 'hour'), zones).map(([a, op, zone]): Num => a[op](zone)),
      fc.tuple(timeOf, timeOf).map(([a, v]): Num => a.sub(v)),
    ),
    text: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Text>(r.s, r.t),
      texts.map((v): Text => literal(v) as Text),
      fc.tuple(textOf, fc.constantFrom('lower', 'upper')).map(([a, op]): Text => a[op]()),
      fc.tuple(textOf, fc.oneof(textOf, texts)).map(([a, v]): Text => a.concat(v)),
      fc.tuple(textOf, numberOf, boolOf, timeOf).map(([a, n, b, t]): Text => format`${a}/${n}·${b}${t}`),
      fc.tuple(textOf, texts).map(([a, v]): Text => a.orElse(v)),
      fc.tuple(boolOf, textOf, fc.oneof(textOf, texts, fc.constant(null))).map(([c, a, v]): Text => when(c).then(a).otherwise(v) as Text),
    ),
    bool: fc.oneof(
      { maxDepth: 4 },
      fc.constant<Bool>(r.b),
      fc
        .tuple(numberOf, fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), fc.oneof(numberOf, numbers))
        .map(([a, op, v]): Bool => a[op](v)),
      fc.tuple(timeOf, fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), fc.oneof(timeOf, times)).map(([a, op, v]): Bool => a[op](v)),
      fc.tuple(textOf, fc.constantFrom('eq', 'ne'), fc.oneof(textOf, texts)).map(([a, op, v]): Bool => a[op](v)),
      fc.tuple(numberOf, numberOf, numberOf).map(([a, low, high]): Bool => a.between(low, high)),
      fc.tuple(numberOf, fc.array(numbers, { maxLength: 12 })).map(([a, list]): Bool => a.isIn(...list)),
      fc.tuple(textOf, fc.array(texts, { maxLength: 20 })).map(([a, list]): Bool => a.isIn(...list)),
      fc.tuple(textOf, fc.constantFrom('contains', 'startsWith'), texts).map(([a, op, v]): Bool => a[op](v)),
      fc.tuple(textOf, fc.constantFrom(/^a/, /o+m$/, /KÜCHE/iu, /^.$/u)).map(([a, pattern]): Bool => a.matches(pattern)),
      fc
        .tuple(boolOf, fc.constantFrom('and', 'or'), fc.array(boolOf, { minLength: 1, maxLength: 2 }))
        .map(([a, op, more]): Bool => a[op](...more)),
      boolOf.map((a): Bool => a.not()),
      fc.oneof(numberOf, textOf, boolOf, timeOf).map((a): Bool => a.isNull()),
      fc.tuple(boolOf, fc.boolean()).map(([a, v]): Bool => a.orElse(v)),
      fc.tuple(boolOf, fc.oneof(boolOf, fc.boolean())).map(([a, v]): Bool => a.eq(v)),
      fc.tuple(boolOf, boolOf, fc.oneof(boolOf, fc.boolean(), fc.constant(null))).map(([c, a, v]): Bool => when(c).then(a).otherwise(v)),
    ),
    time: fc.oneof(
      { maxDepth: 4 },
      fc.constant<Time>(r.at),
      fc.constant(0).map((): Time => now()),
      fc.tuple(timeOf, fc.constantFrom('second', 'minute', 'hour', 'day')).map(([a, unit]): Time => a.truncate(unit)),
      fc.tuple(timeOf, times).map(([a, v]): Time => a.orElse(v)),
    ),
  }
})

// ---- random batches, in all forms ----

class TestDictionary implements Dictionary {
  readonly #texts: string[] = []
  get size() {
    return this.#texts.length
  }
  intern(value: string) {
    const known = this.#texts.indexOf(value)
    return known >= 0 ? known : this.#texts.push(value) - 1
  }
  internBytes(bytes: Uint8Array, start: number, end: number) {
    return this.intern(new TextDecoder().decode(bytes.subarray(start, end)))
  }
  text(id: number) {
    return this.#texts[id]!
  }
  bytes(id: number) {
    return new TextEncoder().encode(this.text(id))
  }
  retain() {}
  release() {}
  sweep() {}
}

type TextForm = 'plain' | 'dictionary' | 'slices'

function textColumn(values: readonly Value[], form: TextForm): Column {
  if (form === 'plain') return { type: 'text', form, values: values as (string | null)[] }
  if (form === 'dictionary') {
    const dictionary = new TestDictionary()
    return { type: 'text', form, ids: Int32Array.from(values, v => (v === null ? -1 : dictionary.intern(String(v)))), dictionary }
  }
  const pieces = values.map(v => new TextEncoder().encode(v === null ? '' : String(v)))
  const starts = pieces.map((_, i) => 3 + pieces.slice(0, i).reduce((sum, piece) => sum + piece.length, 0))
  const bytes = Buffer.concat([Buffer.from('xyz'), ...pieces])
  const ends = Int32Array.from(starts, (start, i) => start + pieces[i]!.length)
  return { type: 'text', form, bytes, starts: Int32Array.from(starts, (start, i) => (values[i] === null ? -1 : start)), ends }
}

function column(info: ColumnInfo, rows: readonly Readonly<Record<string, Value>>[], form: TextForm, mask: boolean): Column {
  const values = rows.map(row => row[info.name] ?? null)
  if (info.type === 'text') return textColumn(values, form)
  const nulls = mask || values.includes(null) ? Uint8Array.from(values, v => (v === null ? 1 : 0)) : undefined
  if (info.type === 'boolean') return { type: 'boolean', values: Uint8Array.from(values, v => (v === true ? 1 : 0)), nulls }
  // What lies behind a mask must not matter.
  return { type: 'number', values: Float64Array.from(values, v => (v === null ? 12_345 : Number(v))), nulls }
}

const orNull = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 3, arbitrary: values }, { weight: 1, arbitrary: fc.constant<Value>(null) })
const rowsOf = (nulls: boolean): fc.Arbitrary<Readonly<Record<string, Value>>[]> => {
  const maybe = nulls ? orNull : (values: fc.Arbitrary<Value>) => values
  const row = {
    x: maybe(fc.oneof(numbers, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))),
    y: numbers,
    n: maybe(fc.integer({ min: -5, max: 5 })),
    s: maybe(texts),
    t: texts,
    b: maybe(fc.boolean()),
    at: maybe(times),
  }
  return fc.array(fc.record(row), { minLength: 1, maxLength: 12 })
}

const batches = fc
  .record({
    rows: fc.oneof(rowsOf(true), rowsOf(false)),
    form: fc.constantFrom<TextForm>('plain', 'dictionary', 'slices'),
    mask: fc.boolean(),
    frozen: fc.boolean(),
  })
  .map(({ rows, form, mask, frozen }) => {
    const columns: Columns = Object.fromEntries(infos.map(info => [info.name, column(info, rows, form, mask)]))
    const clock: Clock = { wall: 1_700_000_000_123, stream: 5, partition: 5, frozen }
    const batch = new Batch({
      length: rows.length,
      columns,
      times: Float64Array.from(rows, (_, i) => i * 86_399_999),
      origin: 0,
      watermark: 0,
      clock,
    })
    return { batch, rows, toString: () => JSON.stringify({ rows, form, mask, frozen }) }
  })

/** −0 and 0 are one value in the vocabulary. */
const plainZero = (value: unknown) => (value === 0 ? 0 : value)

const outcome = (body: () => unknown): unknown => {
  try {
    return body()
  } catch (error) {
    // A time beyond the range of dates has no ISO text; `format` prints the number there, see its own test.
    if (error instanceof RangeError) return 'out of range'
    throw error
  }
}

test.each([
  ['numbers', num],
  ['texts', text],
  ['conditions', bool],
  ['times', time],
] as const)('%s: the generated loop gives what the interpreter gives', (_, expression) => {
  fc.assert(
    fc.property(
      (expression as fc.Arbitrary<Num | Text | Bool | Time>).map(e => nodeOf(e)),
      fc.array(batches, { minLength: 1, maxLength: 3 }),
      (node, given) => {
        const compute = compileColumn(node)
        const select = compilePredicate(node)
        for (const { batch, rows } of given) {
          const expected = rows.map((row, i) => outcome(() => evaluate(node, row, { time: batch.times[i]!, clock: batch.clock })))
          const result = compute(batch)
          const seen = rows.map((_row, i) => (expected[i] === 'out of range' ? expected[i] : plainZero(valueAt(result, i))))
          expect(seen).toEqual(expected.map(plainZero))
          if (!node.nullable && batch.columns['x'] && rows.every(row => row['y'] !== null)) expect(seen).not.toContain(null)
          if (node.type !== 'boolean') continue
          const found = new Int32Array(batch.length)
          const count = select(batch, found)
          expect([...found.subarray(0, count)]).toEqual([...expected.keys()].filter(i => expected[i] === true))
        }
      },
    ),
    { numRuns: 400 },
  )
})
