import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveRow, ViewColumn } from '../model/api.js'
import { csvRows, jsonRows, ndjsonRows, rowPieces, type TextFormat } from './row-texts.js'

const columns: readonly ViewColumn[] = [
  { name: 'room', type: 'text', nullable: true, key: true },
  { name: 'mean', type: 'number', nullable: true, key: false },
  { name: 'on', type: 'boolean', nullable: true, key: false },
  { name: 'at', type: 'timestamp', nullable: true, key: false },
  { name: 'all "values"', type: 'list', nullable: true, key: false },
]
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const nasty = fc.constantFrom(
  '',
  ' a',
  'a,b',
  'say "hi"',
  'two\r\nlines',
  '=cmd()',
  '<script>alert(1)</script>',
  '\u2028',
  '😀',
  '"',
  ',',
  '\n',
)
const rows: fc.Arbitrary<LiveRow[]> = fc.array(
  fc.tuple(
    nullable(fc.oneof(nasty, fc.string({ unit: 'grapheme' }))),
    nullable(fc.double()),
    nullable(fc.boolean()),
    nullable(fc.integer({ min: -1e13, max: 4e12 })),
    nullable(fc.array(fc.oneof(fc.integer(), nasty))),
  ),
)
const written = (format: TextFormat, values: readonly LiveRow[]) => [...rowPieces(format, columns, values)].join('')

/** What JSON can say of a row, by another way than the writer's, which here drops the sign of a zero. */
const expected = (row: LiveRow) => {
  const [room, mean, on, at, list] = row
  const instant = typeof at === 'number' ? new Date(at).toISOString() : null
  const parsed = JSON.parse(JSON.stringify({ room, mean, on, at: instant, 'all "values"': list }))
  return Object.is(mean, -0) ? { ...parsed, mean } : parsed
}

/** A CSV reader by RFC 4180; null for an empty field without quotes. */
function readCsv(text: string): (string | null)[][] {
  const lines: (string | null)[][] = [[]]
  let read = 0
  for (const [whole, field, end] of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy)) {
    lines.at(-1)!.push(field === '' ? null : field!.startsWith('"') ? field!.slice(1, -1).replaceAll('""', '"') : field!)
    if (end === '\r\n') lines.push([])
    read += whole.length
  }
  expect(read).toBe(text.length)
  return lines.slice(0, -1)
}

describe('row formats', () => {
  it('keep the sign of a zero in a number; a whole number has none', () => {
    const zeros: readonly ViewColumn[] = [
      { name: 'x', type: 'number', nullable: false, key: false },
      { name: 'n', type: 'integer', nullable: false, key: false },
    ]
    const text = (format: TextFormat) =>
      [
        ...rowPieces(format, zeros, [
          [-0, -0],
          [0, 0],
        ]),
      ].join('')
    expect(text(csvRows)).toBe('x,n\r\n-0.0,0\r\n0,0\r\n')
    expect(text(ndjsonRows)).toBe('{"x":-0.0,"n":0}\n{"x":0,"n":0}\n')
  })

  it('json and ndjson say the same as JSON.stringify of flat objects', () => {
    fc.assert(
      fc.property(rows, values => {
        expect(JSON.parse(written(jsonRows, values))).toEqual(values.map(expected))
        const lines = written(ndjsonRows, values).split('\n')
        expect(lines.pop()).toBe('')
        expect(lines.map(line => JSON.parse(line))).toEqual(values.map(expected))
      }),
    )
  })

  it('csv reads back as it was written', () => {
    fc.assert(
      fc.property(rows, values => {
        const [header, ...lines] = readCsv(written(csvRows, values))
        expect(header).toEqual(['room', 'mean', 'on', 'at', 'all "values"'])
        expect(lines).toEqual(
          values.map(([room, mean, on, at, list]) => [
            room,
            mean === null ? null : Object.is(mean, -0) ? '-0.0' : String(mean),
            on === null ? null : String(on),
            at === null ? null : new Date(Number(at)).toISOString(),
            list === null ? null : JSON.stringify(list),
          ]),
        )
      }),
    )
  })

  it('comes in pieces of bounded size', () => {
    const row: LiveRow = ['kitchen', 1, true, 0, null]
    const pieces = [
      ...rowPieces(
        csvRows,
        columns,
        Array.from({ length: 10_000 }, () => row),
      ),
    ]
    expect(pieces.length).toBeGreaterThan(3)
    expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(66_000)
  })
})
