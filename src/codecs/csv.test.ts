import { describe, expect, it } from 'vitest'
import type { Chunk } from '../model/chunk.js'
import { valueAt } from '../model/columns.js'
import { boolean, integer, number, schema, text, timestamp } from '../model/fields.js'
import { csv } from './csv.js'

const S = schema({ n: integer(), room: text().nullable() })
const encoder = new TextEncoder()

/** Records as a file's reader gives them: behind the header of the file. */
function chunkOf(head: string, ...records: readonly string[]): Chunk {
  const bytes = encoder.encode([head, ...records].map(line => `${line}\n`).join(''))
  const starts: number[] = []
  const ends: number[] = []
  let at = encoder.encode(head).length + 1
  for (const record of records) {
    starts.push(at)
    ends.push(at + encoder.encode(record).length)
    at = ends.at(-1)! + 1
  }
  const places = { starts: Int32Array.from(starts), ends: Int32Array.from(ends) }
  return { encoding: 'body', partition: 0, bytes, ...places, length: records.length, receipt: 1, head: starts[0]! }
}

describe('csv with the header of the file', () => {
  const decoder = csv(S).compile({ wanted: new Set(['n', 'room']), keyed: new Set() })
  const rows = (chunk: Chunk): readonly unknown[][] => {
    const { length, columns } = decoder.decode(chunk)
    return Array.from({ length }, (_, i) => [valueAt(columns['n']!, i), valueAt(columns['room']!, i)])
  }

  it('follows each chunk, whatever the order of its columns', () => {
    expect(rows(chunkOf('room,n', 'a,1', 'b,2'))).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(rows(chunkOf('x,n,room', '9,3,c'))).toEqual([[3, 'c']])
    expect(rows(chunkOf('n', '4'))).toEqual([[4, null]])
  })

  it('refuses records that came without one', () => {
    const chunk = chunkOf('n,room', '1,a')
    const { rejected } = csv(S)
      .compile({ wanted: new Set(['n']), keyed: new Set() })
      .decode({ ...chunk, head: 0 })
    expect(rejected.map(({ code }) => code)).toEqual(['MR219'])
  })

  it('refuses records behind a broken header, and reads on behind a whole one', () => {
    expect(decoder.decode(chunkOf('"n,room', '1,a')).rejected.map(({ code }) => code)).toEqual(['MR219'])
    expect(rows(chunkOf('n,room', '5,e'))).toEqual([[5, 'e']])
  })

  it('reads a header of half a million line ends in one pass', () => {
    expect(rows(chunkOf(`n,room,"${'\r'.repeat(500_000)}"`, '6,f,x'))).toEqual([[6, 'f']])
  })
})

describe('csv as spreadsheets write it', () => {
  const T = schema({ x: number().nullable(), n: integer().nullable(), b: boolean().nullable(), at: timestamp('epoch-s').nullable() })
  const wanted = new Set(['x', 'n', 'b', 'at'])
  const decoded = (options: Parameters<typeof csv>[1], head: string, ...records: readonly string[]) =>
    csv(T, options)
      .compile({ wanted, keyed: new Set() })
      .decode(chunkOf(head, ...records))
  const column = ({ columns, length }: ReturnType<typeof decoded>, name: string) =>
    Array.from({ length }, (_, i) => valueAt(columns[name]!, i))

  it.each([
    ['0,5', 0.5],
    ['-1234567,25', -1_234_567.25],
    ['1,5e-3', 0.0015],
    ['1,5E+03', 1500],
    ['0,1234567890123456789', 0.123_456_789_012_345_68],
    [`0,${'0'.repeat(70)}1`, 1e-71],
    ['12', 12],
    ['"20,5"', 20.5],
  ])('reads %s with a decimal comma', (cell, value) => {
    const read = decoded({ delimiter: ';', decimal: ',' }, 'x;n', `${cell};`)
    expect([read.rejected, column(read, 'x')]).toEqual([[], [value]])
  })

  it.each(['1.234,5', '20.5', '1,2,3', ',5', '5,', '1 000', '01,5', '1e5,5', 'NaN'])(
    'refuses %s where the decimal mark is a comma',
    cell => {
      const { rejected } = decoded({ delimiter: ';', decimal: ',' }, 'x', cell)
      expect(rejected).toEqual([
        { code: 'MR203', message: 0, path: 'x', reason: expect.stringContaining(`\`x\` is the text "${cell}"`) as string },
      ])
    },
  )

  it('reads seconds of the epoch and whole numbers with it, too', () => {
    const read = decoded({ delimiter: ';', decimal: ',' }, 'at;n', '1700000000,25;7,0', '1;7,5')
    expect([column(read, 'at'), column(read, 'n')]).toEqual([[1_700_000_000_250], [7]])
    expect(read.rejected.map(({ code }) => code)).toEqual(['MR208'])
  })

  it('reads the truth values of its language, and no others', () => {
    const read = decoded({ booleans: ['WAHR', 'FALSCH'] }, 'b,n', 'WAHR,', '"FALSCH",', ',', 'true,', '"WA""HR",')
    expect(column(read, 'b')).toEqual([true, false, null])
    expect(read.rejected.map(({ code }) => code)).toEqual(['MR203', 'MR203'])
  })

  it('says how a cell that is written otherwise would be read', () => {
    const reason = (options: Parameters<typeof csv>[1], head: string, record: string) => decoded(options, head, record).rejected[0]?.reason
    expect(reason({ delimiter: ';' }, 'x;n', '20,5;')).toBe(
      '`x` is the text "20,5"; the schema wants a number; did you mean a decimal comma? csv(Schema, { decimal: \',\' })',
    )
    expect(reason({ decimal: ',' }, 'x', '20.5')).toContain('its decimal mark is to be a comma, and a point may part thousands')
    expect(reason({}, 'b', 'TRUE')).toContain("csv(Schema, { booleans: ['TRUE', 'FALSE'] })")
    expect(reason({}, 'x', 'warm')).toBe('`x` is the text "warm"; the schema wants a number')
  })

  it.each([
    ['.', '1,234.5'],
    ['.', '1,234,567'],
    ['.', '-12 345.6'],
    ['.', "1'234'567"],
    [',', '1.234,5'],
    [',', '1.234.567'],
    [',', '1\u00a0234,5'],
    [',', '1\u202f234'],
    [',', '1\u2019234,5'],
  ] as const)('with the decimal mark %s says of %s that its thousands are parted', (decimal, cell) => {
    const { rejected } = decoded({ delimiter: ';', decimal }, 'x', cell)
    expect(rejected[0]?.reason).toContain('; marks between thousands are not read: write numbers without them')
    expect(rejected[0]?.reason).not.toContain('did you mean')
  })

  it('does not take what may be thousands for a decimal comma', () => {
    const { rejected } = decoded({ delimiter: ';' }, 'x', '1,234')
    expect(rejected[0]?.reason).toContain(
      "a comma that parts thousands is to be left out, a decimal one is read by csv(Schema, { decimal: ',' })",
    )
  })

  it('counts cells by its delimiter', () => {
    const { rejected } = decoded({ delimiter: '\t' }, 'x\tn', '1', '1\t2\t3', '1,2;3\t4')
    expect(rejected.map(({ code, reason }) => `${code} ${reason}`)).toEqual([
      'MR219 the line has 1 cell, the header 2',
      'MR219 the line has 3 cells, the header 2',
      expect.stringContaining('MR203'),
    ])
  })
})

describe('epochs in cells', () => {
  it.each(['epoch-ms', 'epoch-s', 'epoch-ns'] as const)('%s: long or short, what JSON calls a number is read as that', format => {
    const texts = ['0', '-1', '1700000000000', '1700000000.123', '1.7e12', '1700000000123456789', '8640000000000.5']
    const wrong = ['01', '1.', '.5', '+1', 'now', '0x10', '99999999999999999999999999999', '1_000']
    const decoder = csv(schema({ at: timestamp(format) })).compile({ wanted: new Set(['at']), keyed: new Set() })
    const { columns, length, rejected } = decoder.decode(chunkOf('at', ...texts, ...wrong))
    const ms = (value: number): number => Math.round(format === 'epoch-ns' ? value / 1e6 : format === 'epoch-s' ? value * 1_000 : value)
    const admitted = texts.map(one => ms(Number(one))).filter(time => Math.abs(time) <= 8.64e15)
    expect(Array.from({ length }, (_, i) => valueAt(columns['at']!, i))).toEqual(admitted.map(time => time + 0))
    expect(rejected).toHaveLength(texts.length - admitted.length + wrong.length)
  })
})
