import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { boolean, number, schema, text, timestamp } from '../index.js'
import { expectGolden } from './expect-golden.js'
import { rowsFromFile } from './rows-from-file.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-fixture-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const S = schema({
  room: text(),
  celsius: number().at('deep.t').nullable(),
  open: boolean().nullable(),
  at: timestamp('yyyy-MM-dd', 'UTC'),
})

describe('rowsFromFile', () => {
  it('reads CSV by name, with quotes, line breaks in cells, CRLF and a byte order mark', () => {
    const path = file('a.csv', '\uFEFFat,x,room,celsius\r\n2024-01-01,1,"the ""hall""\nbelow",21.5\r\n\r\n2024-01-02,2,attic,')
    expect(rowsFromFile(pathToFileURL(path), S)).toEqual([
      { room: 'the "hall"\nbelow', celsius: 21.5, open: null, at: Date.UTC(2024, 0, 1) },
      { room: 'attic', celsius: null, open: null, at: Date.UTC(2024, 0, 2) },
    ])
  })

  it('reads NDJSON by key', () => {
    const path = file('a.ndjson', '{"room":"hall","at":"2024-01-01","open":true}\n\n{"room":"attic","at":"2024-01-02","celsius":3}\n')
    expect(rowsFromFile(path, S).map(({ room, celsius, open }) => [room, celsius, open])).toEqual([
      ['hall', null, true],
      ['attic', 3, null],
    ])
    expect(rowsFromFile(file('empty.ndjson', '\n'), S)).toEqual([])
  })

  it('reads what --read reads: a line that names the delimiter, columns of names of their own', () => {
    const T = schema({ room: text(), celsius: number().at('Temp °C') })
    const german = { delimiter: ';', decimal: ',' } as const
    const path = file('g.csv', '\uFEFFsep=;\r\nroom;Temp °C\r\n"sep=;";20,5\r\nhall;warm\r\n')
    expect(() => rowsFromFile(path, T, german)).toThrow(
      expect.objectContaining({ code: 'MR203', place: expect.objectContaining({ line: 4 }) as unknown }) as Error,
    )
    const rows = [{ room: 'sep=;', celsius: 20.5 }]
    expect(rowsFromFile(file('h.csv', 'sep=;\nroom;Temp °C\n"sep=;";20,5\n'), T, german)).toEqual(rows)
    expect(rowsFromFile(file('i.csv', 'sep=;\n"sep=;";20,5\n'), T, { ...german, header: ['room', 'celsius'] })).toEqual(rows)
  })

  it.each([
    ['b.csv', 'at,room\n2024-01-01,hall\n\n"2024\n-01-01",hall\n', 'MR206', 4],
    ['c.csv', 'at,room\n2024-01-01\n', 'MR219', 2],
    ['d.ndjson', '{"room":"hall","at":"2024-01-01"}\n{"room":1}\n', 'MR203', 2],
  ])('%s: names the line that is no row', (name, content, code, line) => {
    expect(() => rowsFromFile(file(name, content), S)).toThrow(
      expect.objectContaining({ code, place: expect.objectContaining({ line }) as unknown }) as Error,
    )
  })

  it.each([
    ['e.csv', 'at,roam\n', 'MR217'],
    ['f.txt', 'at,room\n', 'MR220'],
  ])('%s: names what is wrong with the file', (name, content, code) => {
    expect(() => rowsFromFile(file(name, content), S)).toThrow(expect.objectContaining({ code }) as Error)
    expect(() => rowsFromFile(join(folder, 'none.csv'), S)).toThrow(expect.objectContaining({ code: 'MR218' }) as Error)
  })

  it('gives back any table that was written by RFC 4180', () => {
    const T = schema({ a: text().nullable(), b: text().nullable() })
    const cell = fc.option(fc.string({ unit: fc.constantFrom('x', '"', ',', '\n', '\r', ' ', 'é') }))
    const written = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)
    fc.assert(
      fc.property(fc.array(fc.record({ a: cell, b: cell }), { maxLength: 6 }), rows => {
        const path = file('p.csv', ['a,b', ...rows.map(({ a, b }) => `${written(a)},${written(b)}`)].join('\r\n'))
        expect(rowsFromFile(path, T)).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  })
})

describe('expectGolden', () => {
  it('compares, says where they differ, and writes on demand', () => {
    const path = join(folder, 'golden', 'plan.txt')
    expect(() => expectGolden('a\nb', path)).toThrow(/there is no golden file .*plan\.txt\nif that is meant: millrace test --update/)
    process.env['MILLRACE_UPDATE'] = '1'
    expectGolden('a\nb', path)
    delete process.env['MILLRACE_UPDATE']
    expectGolden('a\nb\n', pathToFileURL(path))
    expect(() => expectGolden('a\nc', path)).toThrow(/differs, first in line 2:\n {2}- b\n {2}\+ c\n/)
  })
})
