import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonPlaces } from '../../src/dashboard/json-places.js'
import { DashboardError, knownKeys, parseDashboard } from '../../src/dashboard/parse-dashboard.js'
import { readDashboard } from '../../src/dashboard/read-dashboard.js'
import { type Duration, durationMs } from '../../src/model/duration.js'

const folder = new URL('../../dashboards/', import.meta.url)
const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const conforms = new Ajv2020({ allErrors: false }).compile(readJson('dashboard.schema.json') as object)

const accepted = (value: unknown): boolean => {
  try {
    parseDashboard(value, 'x.json')
    return true
  } catch (error) {
    if (error instanceof DashboardError && error.problems.length > 0) return false
    throw error
  }
}
const line = (fields: object): object => ({ title: 'T', panels: [{ line: 'a.b', ...fields }] })
const limit = (fields: object): object => line({ thresholds: [fields] })

const texts = [
  '',
  ' ',
  'a',
  'a.b',
  '.b',
  'a.',
  'a.b.c',
  'a\n.b',
  'a.\n',
  'all',
  'x'.repeat(200),
  'x'.repeat(201),
  '😀'.repeat(200),
  '😀'.repeat(201),
]
const durations = [
  '1ms',
  '0s',
  '0.0m',
  '1.5s',
  '1.5ms',
  '1.0005s',
  '999999999s',
  '9999999999s',
  '15m',
  '1.5h',
  '7d',
  '1e3s',
  '-1s',
  '+1s',
  ' 1s',
  '1 s',
  '01s',
]
const numbers = [0, -1, 1.5, 1e308]
const others = [null, true, [], {}, ['a', 'b'], ['a'], ['a', ''], ['a', 'b', 'c'], 'warning', 'critical']
const value = fc.oneof(fc.constantFrom<unknown>(...texts, ...durations, ...numbers, ...others))
const keys = [...new Set(Object.values(knownKeys).flat()), 'levl', '__proto__', 'constructor', 'toString']

/** Objects that are nearly right: mostly known keys, mostly values of their kind. */
const near = (own: readonly string[], fit: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> =>
  fc
    .uniqueArray(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...own) }, { weight: 1, arbitrary: fc.constantFrom(...keys) }), {
      maxLength: 6,
    })
    .chain(names =>
      fc
        .tuple(
          ...names.map(name =>
            fc.oneof(
              { weight: 8, arbitrary: (Object.hasOwn(fit, name) ? fit[name] : undefined) ?? value },
              { weight: 1, arbitrary: value },
            ),
          ),
        )
        .map(values =>
          // As JSON.parse makes them: `__proto__` is a key like any other.
          JSON.parse(`{${names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(values[i])}`).join()}}`),
        ),
    )

const word = fc.constantFrom('a', 'b c', '°C')
const place = fc.constantFrom('a.b', 'climate.mean', 'a.b.c')
const number = fc.constantFrom(...numbers)
const duration = fc.constantFrom(...durations)
const level = fc.constantFrom('warning', 'critical')
const limits = { above: number, below: number, for: duration, level, label: word }
const threshold = near(knownKeys.threshold, limits)
const shared = { by: word, unit: word, title: word }
const panel = fc.oneof(
  near(knownKeys.line, {
    ...shared,
    line: place,
    note: word,
    band: fc.constant(['a', 'b']),
    thresholds: fc.array(threshold, { maxLength: 3 }),
  }),
  near(knownKeys.multiples, { ...shared, multiples: place }),
  near(knownKeys.alerts, { ...shared, ...limits, alerts: place }),
  near(knownKeys.graph, { graph: word }),
)
const dashboard = near(knownKeys.dashboard, { $schema: word, title: word, range: duration, panels: fc.array(panel, { maxLength: 4 }) })

/** Where nothing else is wrong, what is wrong with a panel counts. */
const ofPanel = panel.map(one => ({ title: 'T', panels: [one] }))

describe('the JSON Schema and the parser', () => {
  const shipped = ['dashboards', 'templates/shared/dashboards'].flatMap(at =>
    readdirSync(new URL(`../../${at}`, import.meta.url))
      .filter(name => name.endsWith('.json') && name !== 'dashboard.schema.json')
      .map(name => `../${at}/${name}`),
  )

  it.each(shipped)('take %s', name => {
    expect(conforms(readJson(name)), JSON.stringify(conforms.errors)).toBe(true)
    expect(accepted(readJson(name))).toBe(true)
  })

  it.each<readonly [string, unknown, boolean]>([
    ['the least', { title: 'T', panels: [] }, true],
    ['no title', { panels: [] }, false],
    ['no panels', { title: 'T' }, false],
    ['a list', [], false],
    ['null', null, false],
    ['an unknown key', { title: 'T', panels: [], pannels: [] }, false],
    ['a schema that is no text', { title: 'T', panels: [], $schema: 1 }, false],
    ['all of the range', { title: 'T', panels: [], range: 'all' }, true],
    ['a range of nothing', { title: 'T', panels: [], range: '0s' }, false],
    ['two kinds in one panel', { title: 'T', panels: [{ line: 'a.b', graph: 'j' }] }, false],
    ['a limit', limit({ above: 1 }), true],
    ['both limits', limit({ above: 1, below: 0, for: '1m', level: 'warning', label: 'x' }), true],
    ['no limit', limit({ for: '1m' }), false],
    ['a limit that is null', limit({ above: null }), false],
    ['for all', limit({ above: 1, for: 'all' }), false],
    [
      'an alerts panel with everything',
      { title: 'T', panels: [{ alerts: 'a.b', above: 1, for: '1m', level: 'warning', label: 'x' }] },
      true,
    ],
    ['a hundred panels', { title: 'T', panels: Array.from({ length: 100 }, () => ({ graph: 'j' })) }, true],
    ['a thousand panels', { title: 'T', panels: Array.from({ length: 1000 }, () => ({ graph: 'j' })) }, false],
    ['seventeen thresholds', line({ thresholds: Array.from({ length: 17 }, () => ({ above: 1 })) }), false],
    ['a column with a line break', { title: 'T', panels: [{ line: 'a.\n' }] }, true],
    ['200 characters beyond the first plane', { title: '😀'.repeat(200), panels: [] }, true],
    ['201 of them', { title: '😀'.repeat(201), panels: [] }, false],
    ['a device called <script>', { title: '<script>alert(1)</script>', panels: [] }, true],
  ])('agree on %s', (_, definition, isRight) => {
    expect(conforms(definition), JSON.stringify(conforms.errors)).toBe(isRight)
    expect(accepted(definition)).toBe(isRight)
  })

  it('agree on whatever is nearly right', () => {
    let right = 0
    fc.assert(
      fc.property(fc.oneof(dashboard, ofPanel), definition => {
        const isRight = conforms(definition)
        if (isRight) right++
        expect(accepted(definition)).toBe(isRight)
      }),
      { numRuns: 3_000, seed: 530 },
    )
    expect(right).toBeGreaterThan(200)
  })

  it('agree on what a duration is, and the parser with the rest of Millrace on how long it is', () => {
    for (const text of durations) {
      const definition = { title: 'T', panels: [], range: text }
      const isRight = conforms(definition)
      expect(accepted(definition), text).toBe(isRight)
      if (isRight) expect(parseDashboard(definition, 'x').range, text).toBe(durationMs(text as Duration))
    }
  })
})

describe('a text of a definition', () => {
  it('is JSON to the finder of places exactly where it is to JSON.parse', () => {
    const json = fc.json({ maxDepth: 4 })
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom('', ',', '"', '}', ']', ':', '\\', '\u0001', 'x', '0', ' '))
      .map(([text, at, piece]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + piece + text.slice(place + 1)
      })
    fc.assert(
      fc.property(fc.oneof(json, broken, fc.string()), text => {
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(jsonPlaces(text).broken === undefined).toBe(isJson)
      }),
      { numRuns: 3_000, seed: 531 },
    )
  })

  it('has each part where its place says', () => {
    const text = '{ "title": "T",\n  "panels": [\n    { "line": "a.b", "thresholds": [{ "abov": 1 }] },\n    { "line": "c" } ] }'
    const reading = readDashboard(text, 'x.json')
    expect('problems' in reading && reading.problems).toEqual([
      expect.objectContaining({ at: 'panels[0].thresholds[0].abov', hint: 'did you mean "above"?', line: 3, column: 39, length: 6 }),
      expect.objectContaining({ at: 'panels[0].thresholds[0]', line: 3, column: 37 }),
      expect.objectContaining({ at: 'panels[1].line', line: 4, column: 7, length: 6 }),
    ])
  })

  it('that breaks off says where and what is missing', () => {
    const reading = readDashboard('{ "title": "T",\n  "panels": [ { "line": "a.b" }, ] }', 'x.json')
    expect(reading).toMatchObject({
      code: 'MR531',
      problems: [{ at: 'dashboard', message: 'there is "]" where a value should be', line: 2, column: 34 }],
    })
    expect(readDashboard('', 'x.json')).toMatchObject({
      code: 'MR531',
      problems: [{ message: 'the text ends where a value should be', line: 1, column: 1 }],
    })
    expect(readDashboard('['.repeat(100_000), 'x.json')).toMatchObject({ code: 'MR531', problems: [{ line: 1, column: 34 }] })
  })
})
