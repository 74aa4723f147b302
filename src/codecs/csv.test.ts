import { describe, expect, it } from 'vitest'
import type { Chunk } from '../model/chunk.js'
import { valueAt } from '../model/columns.js'
import { integer, schema, text, timestamp } from '../model/fields.js'
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
