import { afterEach, expect, test } from 'vitest'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { ColumnInfo } from '../model/value-type.js'
import { columnInfo } from './column-info.js'
import { setExpressionPlace } from './expression-place.js'
import { fieldsUsed } from './fields-used.js'
import { format } from './format.js'
import { literal } from './literal.js'
import { now } from './now.js'
import { printExpr } from './print-expr.js'
import { symbolicRow } from './symbolic-row.js'
import { traceExpr, traceRecord } from './trace.js'
import type { BoolExpr, NumberExpr, TextExpr, TimeExpr } from './types.js'
import { when } from './when.js'

const columns: readonly ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: false },
  { name: 'celsius', type: 'number', nullable: false, unit: '°C' },
  { name: 'count', type: 'integer', nullable: true },
  { name: 'open', type: 'boolean', nullable: true },
  { name: 'at', type: 'timestamp', nullable: false },
]

interface Row {
  readonly room: TextExpr
  readonly celsius: NumberExpr
  readonly count: NumberExpr<number | null>
  readonly open: BoolExpr<boolean | null>
  readonly at: TimeExpr
}

const trace = (fn: (r: Row) => unknown) => traceExpr(fn, columns, 'where')

function errorOf(body: () => unknown): MillraceError {
  try {
    body()
  } catch (error) {
    if (error instanceof MillraceError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Functions from text: the source check would else catch what the other guards are to catch. */
const hidden = <R>(source: string): ((...columns: readonly unknown[]) => R) => new Function(`return ${source}`)()

afterEach(() => setExpressionPlace(undefined))

test('nodes carry type, null and unit', () => {
  const nodes = traceRecord(
    (r: Row) => ({
      sum: r.celsius.add(1),
      half: r.celsius.div(2),
      twice: literal(2).mul(r.celsius),
      product: r.celsius.mul(r.celsius),
      ratio: r.celsius.div(r.count),
      whole: r.count.mul(3).sub(1).neg().abs().round(),
      filled: r.count.orElse(0),
      age: now().sub(r.at),
      level: when(r.celsius.gt(28)).then(r.celsius).otherwise(null),
      hot: r.celsius.gt(28).and(r.open),
      title: format`${r.room}: ${r.celsius}`,
      year: r.at.year('Europe/Berlin'),
      one: 1,
    }),
    columns,
    'select',
  )
  expect(Object.entries(nodes).map(([name, node]) => columnInfo(name, node))).toEqual([
    { name: 'sum', type: 'number', nullable: false, unit: '°C' },
    { name: 'half', type: 'number', nullable: false, unit: '°C' },
    { name: 'twice', type: 'number', nullable: false, unit: '°C' },
    { name: 'product', type: 'number', nullable: false },
    { name: 'ratio', type: 'number', nullable: true },
    { name: 'whole', type: 'integer', nullable: true },
    { name: 'filled', type: 'integer', nullable: false },
    { name: 'age', type: 'number', nullable: false, unit: 'ms' },
    { name: 'level', type: 'number', nullable: true, unit: '°C' },
    { name: 'hot', type: 'boolean', nullable: true },
    { name: 'title', type: 'text', nullable: false },
    { name: 'year', type: 'integer', nullable: false },
    { name: 'one', type: 'integer', nullable: false },
  ])
  expect([...fieldsUsed([nodes['hot']!, nodes['title']!])].sort()).toEqual(['celsius', 'open', 'room'])
  expect(JSON.parse(JSON.stringify(nodes))).toEqual(nodes)
})

test('a field that does not exist is named with the one that was meant', () => {
  const error = errorOf(() => traceExpr((r: { celcius: NumberExpr }) => r.celcius.gt(1), columns, 'where'))
  expect(error.code).toBe('MR110')
  expect(error.message).toBe('where: there is no field `celcius`')
  expect(error.hint).toBe('did you mean `celsius`?')
  expect(error.notes).toContain('fields: room, celsius, count, open, at')
})

test('the row is frozen, and can be spread', () => {
  const row = symbolicRow(columns)
  expect(Object.isFrozen(row)).toBe(true)
  expect(Object.keys(traceRecord((r: Row) => ({ ...r, half: r.celsius.div(2) }), columns, 'derive'))).toEqual([
    'room',
    'celsius',
    'count',
    'open',
    'at',
    'half',
  ])
})

test('columns have no value: every conversion is refused with the method to use', () => {
  const { celsius } = symbolicRow(columns)
  for (const convert of [
    () => Number(celsius),
    () => String(celsius),
    () => JSON.stringify(celsius),
    () => celsius?.valueOf(),
    () => celsius?.toString(),
    () => hidden('(a) => a > 1')(celsius),
    () => hidden('(a) => `x${a}`')(celsius),
    () => hidden('(a) => ({})[a]')(celsius),
  ]) {
    const error = errorOf(convert)
    expect(error.code).toBe('MR111')
    expect(error.message).toContain('`celsius`')
  }
})

test('a condition that a helper drops is found', () => {
  const both = hidden<BoolExpr>('(a, b) => a && b')
  const error = errorOf(() => trace(r => both(r.celsius.gt(1), r.room.eq('x'))))
  expect(error.code).toBe('MR112')
  expect(error.message).toBe('where: a condition was dropped: `celsius > 1`')
  expect(errorOf(() => traceRecord((r: Row) => ({ a: both(r.open.not(), r.celsius.gt(1)) }), columns, 'derive')).code).toBe('MR112')
  expect(trace(r => hidden<BoolExpr>('(a, b) => a.and(b)')(r.celsius.gt(1), r.room.eq('x'))).op).toBe('and')
})

test('a column of another stream is refused', () => {
  const other = symbolicRow(columns) as unknown as Row
  expect(errorOf(() => trace(() => other.celsius.gt(1))).code).toBe('MR120')
})

test.each([
  ['an object', () => trace(r => ({ a: r.celsius })), 'MR113'],
  ['undefined', () => trace(() => undefined), 'MR113'],
  ['a column where a record is wanted', () => traceRecord((r: Row) => r.celsius, columns, 'select'), 'MR113'],
  ['NaN', () => trace(() => Number.NaN), 'MR116'],
  ['a text compared with a number', () => trace(r => (r.room as TextExpr).eq(1 as never)), 'MR115'],
  ['a method of another type', () => trace(r => (r.room as unknown as NumberExpr).gt(1)), 'MR115'],
  ['a misspelt method', () => trace(r => (r.celsius as unknown as { gte(n: number): unknown }).gte(1)), 'MR119'],
  ['a zone that is none', () => trace(r => r.at.hour('Europe/Atlantis')), 'MR117'],
  ['a stateful pattern', () => trace(r => r.room.matches(/a/g)), 'MR118'],
  ['a time that is none', () => trace(r => r.at.gt('yesterday')), 'MR116'],
  ['too many digits', () => trace(r => r.celsius.round(16)), 'MR122'],
  ['a unit that is none', () => trace(r => r.at.truncate('week' as 'day')), 'MR122'],
  ['branches of two types', () => trace(r => when(r.open).then('a').otherwise(1)), 'MR115'],
  ['a list of values as one', () => trace(r => r.room.isIn(['a', 'b'] as never)), 'MR115'],
])('%s is refused', (_, body, code) => {
  const error = errorOf(body)
  expect(error.code).toBe(code)
  expect(error.notes.some(note => note.startsWith('expression: '))).toBe(true)
})

test('the loader gives errors their place', () => {
  const seen: string[] = []
  setExpressionPlace((source, offset) => {
    seen.push(source.slice(offset, offset + 18))
    return { file: 'a.job.ts', line: 3, column: 7 }
  })
  const fn = hidden<unknown>('r => r.celsius + r.count')
  const error = errorOf(() => traceExpr(fn, columns, 'where'))
  expect(error.place).toEqual({ file: 'a.job.ts', line: 3, column: 7, length: 19 })
  expect(seen).toEqual(['r.celsius + r.coun'])
})

test.each([
  [(r: Row) => r.celsius.gt(60).and(r.celsius.gt(-40)), 'celsius > 60 and celsius > -40'],
  [(r: Row) => r.celsius.gt(60).or(r.open).and(r.open.not()), '(celsius > 60 or open) and not open'],
  [(r: Row) => r.celsius.sub(r.celsius.sub(1)).mul(2), '(celsius - (celsius - 1)) * 2'],
  [(r: Row) => r.count.isNull().not().or(r.count.isNull()), 'count is not null or count is null'],
  [(r: Row) => r.room.isIn("it's", 'b').and(r.room.matches(/^k/i)), "room in ('it\\'s', 'b') and room matches /^k/i"],
  [(r: Row) => r.celsius.between(1, r.count.orElse(2)), 'celsius between 1 and orElse(count, 2)'],
  [(r: Row) => when(r.open).then('a').otherwise(r.room), "when open then 'a' otherwise room"],
  [(r: Row) => format`alerts/${r.room}`, 'format`alerts/${room}`'],
  [(r: Row) => r.at.truncate('hour').ge('2026-05-01T00:00:00Z'), 'truncate(at, hour) >= 2026-05-01T00:00:00.000Z'],
  [(r: Row) => r.celsius.neg().round(2).abs().gt(r.at.hour('Asia/Kathmandu')), "abs(round(-celsius, 2)) > hour(at, 'Asia/Kathmandu')"],
  [(r: Row) => now().sub(r.at).mod(7), '(now() - at) mod 7'],
])('%s prints', (fn, text) => {
  expect(printExpr(traceExpr(fn, columns, 'select'))).toBe(text)
})
