import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueAt } from '../model/columns.js'
import { createDictionary } from '../model/dictionary.js'
import { boolean, integer, number, oneOf, schema, text, timestamp } from '../model/fields.js'
import { bodies, chunkOf } from './amqp-fixture.js'
import { FieldCheck } from './field-check.js'
import { json } from './json.js'
import { JsonScanner } from './json-scanner.js'
import { rowsOf } from './rows-fixture.js'

const S = schema({
  n: number().at('d.n').nullable(),
  i: integer().nullable(),
  t: text().nullable(),
  b: boolean().at('d.b').nullable(),
  s: oneOf('run', 'stöp').nullable(),
  at: timestamp('epoch-s').at('d.at.x').nullable(),
  proto: text().at('__proto__').nullable(),
})

/** What the schema makes of a text, by JSON.parse and nothing of ours; undefined: refused. */
function oracle(bytes: Uint8Array): Record<string, unknown> | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return undefined
  }
  const at = (...path: string[]): unknown =>
    path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      parsed,
    ) ?? null
  const is = (value: unknown, test: (value: never) => boolean): boolean => value === null || test(value as never)
  const row = { n: at('d', 'n'), i: at('i'), t: at('t'), b: at('d', 'b'), s: at('s'), at: at('d', 'at', 'x'), proto: at('__proto__') }
  const good =
    is(row.n, Number.isFinite) &&
    is(row.i, Number.isSafeInteger) &&
    is(row.t, value => typeof value === 'string') &&
    is(row.b, value => typeof value === 'boolean') &&
    is(row.s, value => value === 'run' || value === 'stöp') &&
    is(row.at, value => typeof value === 'number' && Math.abs(Math.round(value * 1_000)) <= 8.64e15) &&
    is(row.proto, value => typeof value === 'string')
  const time = row.at === null ? null : Math.round((row.at as number) * 1_000) + 0
  return good ? { ...row, i: row.i === null ? null : (row.i as number) + 0, at: time } : undefined
}

function agree(records: readonly Uint8Array[]): void {
  const { rows, messages } = rowsOf(json(S), chunkOf(records, 'body'))
  const wanted = records.flatMap((record, i) => {
    const row = oracle(record)
    return row ? [{ i, row }] : []
  })
  expect(messages).toEqual(wanted.map(({ i }) => i))
  expect(rows).toEqual(wanted.map(({ row }) => row))
}

const utf8 = new TextEncoder()
const scalar = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
  fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt(0n, 10n ** 18n), fc.constantFrom('', '.0', '.5', '.125', '.000001', 'e1', 'E-2'))
    .map(parts => parts.join('')),
  fc.constantFrom(
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-0.0',
    '01',
    '-',
    '1.',
    '.5',
    '1e999',
    '9007199254740993',
    '"run"',
    '"stöp"',
    '"st\\u00f6p"',
    '""',
    'nul',
    '[]',
    '{}',
    '1700000000.123',
    '8640000000000.001',
  ),
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '\n', '\u0001', '/'), maxLength: 5 }).map(value => JSON.stringify(value)),
  fc.string({ unit: fc.constantFrom('a', '\\', '"', '\t', '\ud800'), maxLength: 3 }).map(value => `"${value}"`),
)
const nested = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map(items => `[${items.join(',')}]`),
  fc.constantFrom('{"k":[{"n":1}]}', '[[[]]]', '{"a":1,}', '[1,]', '[1 2]', '{"a" 1}'),
)
const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r', '\u00a0')
const key = fc.constantFrom('d', 'i', 't', 's', 'x', '__proto__', 'constructor', 'é', '\\u0069', '')
const members = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(space, keys, space, values, space), { maxLength: 6 })
    .map(list => `{${list.map(([a, name, b, value, c]) => `${a}"${name}"${b}:${value}${c}`).join(',')}}`)
const inner = members(fc.constantFrom('n', 'b', 'at', 'y'), fc.oneof(scalar, members(fc.constantFrom('x', 'z'), scalar)))
const record = members(key, fc.oneof(nested, inner)).map(value => utf8.encode(value))
const mutated = fc
  .tuple(record, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'drop')), { maxLength: 3 }))
  .map(([bytes, changes]) => {
    let now = [...bytes]
    for (const [where, byte, what] of changes) {
      const at = where % Math.max(1, now.length)
      if (what === 'set') now[at] = byte
      else if (what === 'drop') now.splice(at, 1)
      else now = now.slice(0, at)
    }
    return Uint8Array.from(now)
  })

describe('JsonScanner', () => {
  it('gives what JSON.parse gives, and refuses what it refuses', () => {
    fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), agree), { numRuns: 2_000 })
  })

  it('the same for mutated texts', () => {
    fc.assert(fc.property(fc.array(mutated, { minLength: 1, maxLength: 8 }), agree), { numRuns: 2_000 })
  })

  it('reads any number of JSON as JSON.parse does', () => {
    const one = json(schema({ v: number() }))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.integer({ min: -1e9, max: 1e9 }).map(value => value / 1_000),
        ),
        value => {
          expect(rowsOf(one, bodies(`{"v":${JSON.stringify(value)}}`)).rows).toEqual([{ v: JSON.parse(JSON.stringify(value)) }])
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('takes the plain case itself', () => {
    const checks = Object.entries(S.fields).map(([name, spec]) => new FieldCheck(name, spec, undefined))
    const scanner = JsonScanner.of(checks)!
    const scans = (value: string) => scanner.scan(utf8.encode(value), 0, utf8.encode(value).length, 0)
    expect(scans('{"d":{"n":-1.25,"at":{"x":1.5}},"t":"é","x":[{"a":[1e5,null]}]}')).toBe(true)
    expect(scans('{"t":"\\n"}')).toBe(false)
    expect(scans('{"i":1,"i":2}')).toBe(false)
    expect(scans('{"d":{"n":1e3}}')).toBe(false)
  })

  it('takes objects of more members than a set has bits', () => {
    const fields = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`field_${i}`, integer()]))
    const checks = Object.entries(schema(fields).fields).map(([name, spec]) => new FieldCheck(name, spec, undefined))
    const scanner = JsonScanner.of(checks)!
    const scans = (members: readonly string[]) => scanner.scan(utf8.encode(`{${members}}`), 0, `{${members}}`.length, 0)
    const all = Array.from({ length: 70 }, (_, i) => `"field_${i}":${i}`)
    expect(scans(all)).toBe(true)
    expect(scans([...all, '"more":1'].reverse())).toBe(true)
    for (let i = 0; i < 70; i++) {
      expect(scans(all.filter((_, j) => j !== i))).toBe(false)
      expect(scans([...all, all[i]!])).toBe(false)
    }
  })

  it('gives keyed texts as dictionary ids, checks fields that nobody wants', () => {
    const dictionary = createDictionary()
    const spec = json(schema({ room: text(), celsius: number() }))
    const decoder = spec.compile({ wanted: new Set(['room']), keyed: new Set(['room']), dictionary: () => dictionary })
    const decoded = decoder.decode(
      bodies('{"room":"a","celsius":1}', '{"room":"b","celsius":"x"}', '{"celsius":2,"room":"a"}', '{"room":"\\u0061","celsius":1}'),
    )
    expect(Object.keys(decoded.columns)).toEqual(['room'])
    expect(decoded.rejected).toMatchObject([{ message: 1, code: 'MR203' }])
    expect([0, 1, 2].map(row => valueAt(decoded.columns['room']!, row))).toEqual(['a', 'a', 'a'])
    expect(decoded.columns['room']).toMatchObject({ form: 'dictionary', dictionary })
  })

  it('keeps texts right where some rows have escapes and the memory is reused', () => {
    const decoder = json(schema({ t: text().nullable() })).compile({ wanted: new Set(['t']), keyed: new Set() })
    const texts = (...values: string[]) => {
      const { columns, length } = decoder.decode(bodies(...values))
      return Array.from({ length }, (_, row) => valueAt(columns['t']!, row))
    }
    expect(texts('{"t":"a"}', '{}', '{"t":"\\t"}', '{"t":"b"}', '{"t":null}')).toEqual(['a', null, '\t', 'b', null])
    expect(texts('{"t":"c"}', '{"t":"d"}')).toEqual(['c', 'd'])
  })

  it('names the byte at which JSON ends', () => {
    expect(rowsOf(json(S), bodies('{"t":"é" x}')).rejected[0]).toMatchObject({ code: 'MR201', offset: 10 })
  })
})
