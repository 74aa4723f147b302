import { describe, expect, it } from 'vitest'
import type { Chunk } from '../model/chunk.js'
import { valueAt } from '../model/columns.js'
import { integer, schema, text } from '../model/fields.js'
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
