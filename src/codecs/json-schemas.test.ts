import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueAt } from '../model/columns.js'
import { boolean, integer, number, oneOf, schema, text, timestamp } from '../model/fields.js'
import type { Field } from '../model/schema.js'
import { bodies } from './amqp-fixture.js'
import { json } from './json.js'
import { rowsOf } from './rows-fixture.js'

interface Kind {
  readonly make: () => Field<unknown>
  /** The row's value of what `JSON.parse` gave; undefined: refused. */
  readonly oracle: (value: unknown) => unknown
  readonly good: fc.Arbitrary<string>
}

const texts = ['', 'a', 'ab', 'run', 'running', 'stöp', 'a"b', '\ud800', '__proto__']
const when = (test: boolean, value: unknown): unknown => (test ? value : undefined)
const kinds: readonly Kind[] = [
  {
    make: () => number(),
    oracle: value => when(typeof value === 'number', value),
    good: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  },
  {
    make: () => number(),
    oracle: value => when(typeof value === 'number', value),
    good: fc.tuple(fc.integer(), fc.nat({ max: 12 })).map(([value, places]) => (value / 10 ** places).toFixed(places)),
  },
  {
    make: () => integer(),
    oracle: value => when(Number.isSafeInteger(value), (value as number) + 0),
    good: fc.oneof(fc.maxSafeInteger().map(String), fc.integer({ min: -99, max: 99 }).map(String), fc.constantFrom('1.0', '2.50')),
  },
  {
    make: () => text(),
    oracle: value => when(typeof value === 'string', value),
    good: fc.string({ unit: 'binary' }).map(value => JSON.stringify(value)),
  },
  { make: () => boolean(), oracle: value => when(typeof value === 'boolean', value), good: fc.constantFrom('true', 'false') },
  {
    make: () => oneOf(...texts),
    oracle: value => when(texts.includes(value as string), value),
    good: fc.constantFrom(...texts, '\ufffd').map(value => (value === '\ud800' ? '"\\ud800"' : JSON.stringify(value))),
  },
  {
    make: () => timestamp('epoch-ms'),
    oracle: value => when(typeof value === 'number' && Math.abs(Math.round(value)) <= 8.64e15, Math.round(value as number) + 0),
    good: fc.oneof(fc.integer({ min: -1e15, max: 9e15 }).map(String), fc.constantFrom('0.5', '-0.4', '-0')),
  },
  {
    make: () => timestamp('epoch-ns'),
    oracle: value => when(typeof value === 'number' && Math.abs(value) <= 8.64e21, Math.round((value as number) / 1e6) + 0),
    good: fc.oneof(fc.bigInt(0n, 2n ** 61n).map(String), fc.nat().map(String)),
  },
  {
    make: () => timestamp(),
    oracle: value => when(typeof value === 'string' && /^\d{4}-.*Z$/.test(value), Date.parse(value as string)),
    good: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map(date => JSON.stringify(date)),
  },
]

// Of every length up to three words and beyond, with common beginnings and endings, in need of escapes, and none at all.
const names = [
  '',
  'a',
  'ab',
  'abc',
  'abcd',
  'abce',
  'abcdefgh',
  'abcdefgi',
  'bbcdefgh',
  'temperature_1',
  'temperature_2',
  'é',
  '€uro',
  'a"b',
  'a\\',
  'd',
  'at',
]
const keys = fc.oneof(
  fc.constantFrom(...names),
  fc.nat({ max: 70 }).map(i => `field_${i}`),
)
const place = fc.record({
  path: fc.array(keys, { minLength: 1, maxLength: 3 }),
  kind: fc.nat({ max: kinds.length - 1 }),
  nullable: fc.boolean(),
})
type Place = Readonly<{ path: readonly string[]; kind: number; nullable: boolean }>

const isPrefix = (a: readonly string[], b: readonly string[]): boolean => a.length <= b.length && a.every((key, i) => key === b[i])
/** Places of which none lies within another. */
const places = fc
  .array(place, { minLength: 1, maxLength: 45, size: 'max' })
  .map(all => all.filter((one, i) => !all.some((other, j) => j < i && (isPrefix(one.path, other.path) || isPrefix(other.path, one.path)))))

const space = fc.constantFrom('', '', '', '', ' ', '\r\n\t')
const stray = fc.constantFrom('1', '"x"', '-1.5e3', 'null', 'true', '[]', '[{"a":[]},{}]', '{}', '{"a":{"b":"}"}}', '01', '"\\n"')

/** The text of an object that has the members below `prefix`, in any order, some left out, some twice, some of others. */
function objectText(all: readonly Place[], prefix: readonly string[]): fc.Arbitrary<string> {
  const below = all.filter(({ path }) => path.length > prefix.length && isPrefix(prefix, path))
  const members = [...new Set(below.map(({ path }) => path[prefix.length]!))].map(key => {
    const leaf = below.find(({ path }) => path.length === prefix.length + 1 && path[prefix.length] === key)
    const good = leaf ? kinds[leaf.kind]!.good : objectText(all, [...prefix, key])
    const value = fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: stray })
    return fc.tuple(space, space, value, space, fc.nat({ max: 60 })).map(([a, b, text, c, chance]) => {
      if (chance === 0) return []
      const written = `${a}${JSON.stringify(key)}${b}:${a}${text}${c}`
      return chance === 1 ? [written, written] : [written]
    })
  })
  const other = fc
    .tuple(keys, stray, fc.nat({ max: 3 }))
    .map(([key, text, chance]) => (chance === 0 ? [`${JSON.stringify(`${key}z`)}:${text}`] : []))
  return fc
    .tuple(...members, other)
    .chain(written => fc.shuffledSubarray(written.flat(), { minLength: written.flat().length }))
    .map(written => `{${written.join(',')}}`)
}

function oracle(all: readonly Place[], body: string): Record<string, unknown> | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  const row: Record<string, unknown> = {}
  for (const [i, { path, kind, nullable }] of all.entries()) {
    let value = parsed
    for (const key of path) {
      value =
        typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : null
    }
    if (value === null && !nullable) return undefined
    const read = value === null ? null : kinds[kind]!.oracle(value)
    if (read === undefined) return undefined
    row[`f${i}`] = read
  }
  return row
}

describe('a scanner of any schema', () => {
  const schemaOf = (all: readonly Place[]) => {
    const field = ({ path, kind, nullable }: Place): Field<unknown> => {
      const made = kinds[kind]!.make()
      const placed = { ...made, spec: { ...made.spec, path } }
      return nullable ? { ...placed, spec: { ...placed.spec, nullable: true } } : placed
    }
    return schema(Object.fromEntries(all.map((one, i) => [`f${i}`, field(one)])))
  }

  it('gives what JSON.parse gives, and refuses what it refuses', () => {
    let rowsSeen = 0
    const cases = places.chain(all =>
      fc.tuple(fc.constant(all), fc.array(fc.tuple(space, objectText(all, []), space), { minLength: 1, maxLength: 4 })),
    )
    fc.assert(
      fc.property(cases, ([all, records]) => {
        const written = records.map(parts => parts.join(''))
        const { rows, messages } = rowsOf(json(schemaOf(all)), bodies(...written))
        const wanted = written.flatMap((body, i) => {
          const row = oracle(all, body)
          return row ? [{ i, row }] : []
        })
        expect(messages).toEqual(wanted.map(({ i }) => i))
        expect(rows).toEqual(wanted.map(({ row }) => row))
        rowsSeen += rows.length
      }),
      { numRuns: 600 },
    )
    expect(rowsSeen).toBeGreaterThan(100)
  })

  it('never reads behind its record, whatever follows', () => {
    const S = schema({ n: number(), s: oneOf('run', 'stop').nullable(), t: text().at('o.t').nullable() })
    const whole = '{"n":12.5,"s":"run","o":{"t":"x"},"z":[1,{"a":null}]}'
    const decoder = json(S).compile({ wanted: new Set(['n', 's', 't']), keyed: new Set() })
    const bytes = new TextEncoder().encode(`${whole}${whole}`)
    for (let end = 0; end <= whole.length; end++) {
      for (const start of [0, 1]) {
        const chunk = {
          encoding: 'body',
          partition: 0,
          bytes,
          starts: Int32Array.of(start),
          ends: Int32Array.of(Math.max(start, end)),
          length: 1,
          receipt: 1,
        } as const
        expect(decoder.decode(chunk).length).toBe(start === 0 && end === whole.length ? 1 : 0)
        const cut = { ...chunk, bytes: bytes.slice(0, Math.max(start, end)) }
        expect(decoder.decode(cut).length).toBe(start === 0 && end === whole.length ? 1 : 0)
      }
    }
    expect(valueAt(decoder.decode(bodies(whole)).columns['t']!, 0)).toBe('x')
  })

  it('keys are data, never code', () => {
    const key = "x'+process.exit()+`${1}`\u2028//"
    expect(
      rowsOf(json(schema({ v: number().at(key.replaceAll('.', '')) })), bodies(JSON.stringify({ [key.replaceAll('.', '')]: 1 }))).rows,
    ).toEqual([{ v: 1 }])
  })
})
