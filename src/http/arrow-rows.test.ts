import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveRow, ViewColumn } from '../model/api.js'
import { arrowRows } from './arrow-rows.js'

const columns: readonly ViewColumn[] = [
  { name: 'room', type: 'text', nullable: true, key: true },
  { name: 'mean', type: 'number', nullable: true, unit: '°C', key: false },
  { name: 'n', type: 'integer', nullable: true, key: false },
  { name: 'on', type: 'boolean', nullable: true, key: false },
  { name: 'at', type: 'timestamp', nullable: false, key: false },
  { name: 'all', type: 'list', nullable: true, key: false },
]
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const rows: fc.Arbitrary<LiveRow[]> = fc.array(
  fc.tuple(
    nullable(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'Küche', '😀', 'x'.repeat(300)))),
    nullable(fc.double()),
    nullable(fc.maxSafeInteger()),
    nullable(fc.boolean()),
    fc.integer({ min: -1e13, max: 4e12 }),
    nullable(fc.array(fc.string({ unit: 'grapheme' }))),
  ),
)
const read = (values: readonly LiveRow[], of = columns) =>
  tableFromIPC([...arrowRows.pieces({ job: 'rooms', view: 'climate', columns: of, rows: values })] as Uint8Array[])

describe('rows as an Arrow stream', () => {
  it('read back as they were', () => {
    fc.assert(
      fc.property(rows, values => {
        const back = read(values)
          .toArray()
          .map(row => {
            const { room, mean, n, on, at, all } = row.toJSON()
            return [room, mean, n === null ? null : Number(n), on, Number(at), all === null ? null : all.toArray()]
          })
        expect(back.map(row => [...row.slice(0, 5), row[5] && [...row[5]]])).toEqual(values)
      }),
    )
  })

  it('name their types, units, keys, job and view', () => {
    const { schema } = read([['a', 1, 2, true, 3, [1.5]]])
    expect(schema.fields.map(f => [f.name, String(f.type), f.nullable, Object.fromEntries(f.metadata)])).toEqual([
      ['room', 'Utf8', true, { key: 'true' }],
      ['mean', 'Float64', true, { unit: '°C' }],
      ['n', 'Int64', true, {}],
      ['on', 'Bool', true, {}],
      ['at', 'Timestamp<MILLISECOND, UTC>', false, {}],
      ['all', 'List<Float64>', true, {}],
    ])
    expect(Object.fromEntries(schema.metadata)).toEqual({ job: 'rooms', view: 'climate' })
  })

  it('say their types where there is no row, and no list with an element', () => {
    const none = read([])
    expect([none.numRows, none.numCols]).toEqual([0, 6])
    expect(String(none.schema.fields[5]!.type)).toBe('List<Null>')
    expect(
      read([['a', null, null, null, 0, []]])
        .getChild('all')!
        .get(0)!.length,
    ).toBe(0)
  })

  it('keep NaN, infinities and integers up to ±2^63', () => {
    const integer = columns.filter(({ name }) => name === 'mean' || name === 'n')
    const table = read(
      [
        [Number.NaN, -(2 ** 62)],
        [Number.NEGATIVE_INFINITY, -1],
        [5e-324, -(2 ** 53) + 1],
      ],
      integer,
    )
    expect([...table.getChild('mean')!]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, 5e-324])
    expect([...table.getChild('n')!]).toEqual([-(2n ** 62n), -1n, -(2n ** 53n) + 1n])
  })

  it.each([2 ** 63, Number.POSITIVE_INFINITY, Number.NaN, 0.5])('refuse the integer %d rather than bend it', value => {
    const only = [columns[2]!]
    expect(() => read([[value]], only)).toThrow(expect.objectContaining({ code: 'MR520' }))
  })

  it('come in batches bounded in rows and in bytes', () => {
    const row = (text: string): LiveRow => [text, 1, 1, true, 0, null]
    const many = [...arrowRows.pieces({ job: 'j', view: 'v', columns, rows: Array.from({ length: 20_000 }, () => row('a')) })]
    expect(many).toHaveLength(1 + 3 + 1)
    const wide = [...arrowRows.pieces({ job: 'j', view: 'v', columns, rows: Array.from({ length: 30 }, () => row('x'.repeat(1e6))) })]
    expect(wide).toHaveLength(1 + 15 + 1)
    expect(Math.max(...wide.map(piece => piece.length))).toBeLessThan(2.1e6)
  })
})
