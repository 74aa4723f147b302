import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Columns, valueAt } from '../../src/model/columns.js'
import { applicationProperty, boolean, integer, number, schema, text, timestamp } from '../../src/model/fields.js'
import type { Schema } from '../../src/model/schema.js'
import { openFile } from './open-file.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-file-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(name: string, content: string | Uint8Array, S: Schema<unknown>) {
  const path = join(folder, name)
  await writeFile(path, content)
  return readPath(path, S)
}

async function readPath(path: string, S: Schema<unknown>) {
  const { reader, decoder } = await openFile(path, S)
  const decode = decoder({ wanted: new Set(Object.keys(S.fields)), keyed: new Set() })
  const rows: Record<string, unknown>[] = []
  const bad: [number, string][] = []
  const lines: number[] = []
  let chunks = 0
  for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
    chunks++
    const decoded = decode.decode(chunk)
    const columns: Columns = decoded.columns
    for (let row = 0; row < decoded.length; row++) {
      rows.push(Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, valueAt(column, row)])))
      lines.push(chunk.lines![decoded.messages[row]!]!)
    }
    for (const rejection of decoded.rejected) bad.push([chunk.lines![rejection.message]!, rejection.code])
  }
  await reader.close('drain')
  return { rows, bad, lines, chunks }
}

const S = schema({
  n: number().at('deep.path'),
  t: text().from(applicationProperty('t')).nullable(),
  b: boolean().nullable(),
  at: timestamp('yyyy-MM-dd HH:mm', 'UTC').nullable(),
})

describe('openFile', () => {
  it('reads CSV by field name: quotes, line breaks, CRLF, byte order mark, blank lines, no line break at the end', async () => {
    const content = '\uFEFFx,t,n,b,at\r\n1,"a ""b""\r\nc",-1.5e1,true,2026-01-01 00:00\r\n\r\n2,,0,,\r\n3,"",007,,\n4,é,4,false,'
    const { rows, bad, lines } = await read('a.csv', content, S)
    expect(rows).toEqual([
      { n: -15, t: 'a "b"\r\nc', b: true, at: Date.UTC(2026, 0) },
      { n: 0, t: null, b: null, at: null },
      { n: 4, t: 'é', b: false, at: null },
    ])
    expect(bad).toEqual([[6, 'MR203']])
    expect(lines).toEqual([2, 5, 7])
  })

  it.each([
    ['1,2\n', 'MR219'],
    ['1,a,2,,,\n', 'MR219'],
    ['1,a"b,2,,\n', 'MR219'],
    ['1,"a"b,2,,\n', 'MR219'],
    ['1,a""b,2,,\n', 'MR219'],
    ['1,"a,2,,\n', 'MR219'],
    ['1,a,,,\n', 'MR202'],
    ['1,a,NaN,,\n', 'MR203'],
    ['1,a,1,yes,\n', 'MR203'],
    ['1,a,1,,2026-02-30 00:00\n', 'MR206'],
  ])('refuses the line %j alone, with %s', async (line, code) => {
    const { rows, bad } = await read('b.csv', `x,t,n,b,at\n1,a,1,,\n${line}1,b,2,,\n`, S)
    expect(bad).toEqual([[3, code]])
    expect(rows.map(row => row['t'])).toEqual(['a', 'b'])
  })

  it('reads NDJSON by key, and refuses bad lines by number', async () => {
    const { rows, bad } = await read('c.ndjson', '{"n":1,"t":"a"}\r\n\n{"n":2,\n{"t":"x","n":3e0}\n{"n":"4"}', S)
    expect(rows.map(row => [row['n'], row['t']])).toEqual([
      [1, 'a'],
      [3, 'x'],
    ])
    expect(bad).toEqual([
      [3, 'MR201'],
      [5, 'MR203'],
    ])
  })

  it('refuses a record beyond 1 MiB and reads on', async () => {
    const { rows, bad } = await read('d.csv', `n\n1\n${'9'.repeat(3_000_000)}\n2\n`, schema({ n: text() }))
    expect(rows).toEqual([{ n: '1' }, { n: '2' }])
    expect(bad).toEqual([[3, 'MR210']])
  })

  it('bad UTF-8 costs its line', async () => {
    const content = new Uint8Array([...new TextEncoder().encode('n,t\n1,a\n2,'), 0xff, 10, ...new TextEncoder().encode('3,c\n')])
    const { rows, bad } = await read('e.csv', content, schema({ n: integer(), t: text() }))
    expect(rows.map(row => row['n'])).toEqual([1, 3])
    expect(bad).toEqual([[3, 'MR211']])
  })

  it('unpacks what gzip packed, however its name is written, and tells a torn one from a wrong path', async () => {
    const T = schema({ n: integer(), t: text() })
    const packed = gzipSync('n,t\n1,a\n2,b\n')
    for (const name of ['i.csv.gz', 'I.CSV.GZ']) expect((await read(name, packed, T)).rows.map(row => row['n'])).toEqual([1, 2])
    await expect(read('torn.csv.gz', packed.subarray(0, -9), T)).rejects.toMatchObject({
      code: 'MR218',
      hint: expect.stringContaining('gzip -t') as string,
    })
  })

  it('names what is wrong with the file itself', async () => {
    await expect(openFile(join(folder, 'none.csv'), S)).rejects.toMatchObject({ code: 'MR218' })
    execFileSync('mkfifo', [join(folder, 'pipe.csv')])
    await expect(openFile(join(folder, 'pipe.csv'), S)).rejects.toMatchObject({
      code: 'MR218',
      message: expect.stringContaining('is a pipe'),
    })
    await expect(openFile(join(folder, 'none.txt'), S)).rejects.toMatchObject({ code: 'MR220' })
    await expect(read('f.csv', 'a,t\n1,2\n', S)).rejects.toMatchObject({
      code: 'MR217',
      message: expect.stringContaining('`n`'),
      notes: ['columns of the file: a, t'],
    })
    await expect(read('g.csv', '', S)).rejects.toMatchObject({ code: 'MR217' })
    await expect(read('h.csv', 'n,n\n1,2\n', S)).rejects.toMatchObject({ code: 'MR219' })
  })

  it('gives back any table that was written by RFC 4180', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é'), maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 }), async table => {
        const content = table.map(row => row.map(value => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n')
        const { rows } = await read('p.csv', `x,y\r\n${content}`, schema({ x: text(), y: text() }))
        expect(rows).toEqual(table.map(([x, y]) => ({ x, y })))
      }),
      { numRuns: 100 },
    )
  })

  it('reads the mote data in chunks', async () => {
    const Reading = schema({ mote: integer(), temperature: number(), label: integer(), at: timestamp() })
    const { rows, bad, chunks } = await readPath(join(import.meta.dirname, '../../data/motes.csv'), Reading)
    expect(bad).toEqual([])
    expect(rows).toHaveLength(18_914)
    expect(chunks).toBeGreaterThan(5)
    expect(rows.filter(row => row['label'] === 1)).toHaveLength(149)
    expect(rows[0]).toEqual({ mote: 1, temperature: 27.97, label: 0, at: Date.UTC(2010, 4, 9, 10) })
  })
})
