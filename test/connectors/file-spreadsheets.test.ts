import { mkdtempSync, rmSync } from 'node:fs'
import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type CsvOptions, csv, file } from '../../connectors/file/index.js'
import { openFile } from '../../connectors/file/open-file.js'
import { excelCsv } from '../../src/http/excel-csv.js'
import { rowPieces } from '../../src/http/row-texts.js'
import type { LiveRow, ViewColumn } from '../../src/model/api.js'
import { valueAt } from '../../src/model/columns.js'
import { boolean, number, schema, text, timestamp } from '../../src/model/fields.js'
import type { Schema } from '../../src/model/schema.js'
import { disposals } from '../interop/disposals.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'

const root = mkdtempSync(join(tmpdir(), 'millrace-spreadsheets-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const opened = disposals()

const S = schema({ room: text(), celsius: number() }) as Schema<unknown>
const german = { delimiter: ';', decimal: ',' } as const
let path = ''
beforeEach(async () => {
  path = join(await mkdtemp(join(root, 'case-')), 'readings.csv')
})

async function reading(of: Schema<unknown>, options: CsvOptions, follow = false, position?: string) {
  const source = file({ path, decode: csv(of, options), follow })
  const context = connectorContext({ positions: new Map(position === undefined ? [] : [[0, position]]) })
  const reader = opened(await source.open(context), it => it.close('release'))
  const names = Object.keys(of.fields)
  const decoder = source.decoder.compile({ wanted: new Set(names), keyed: new Set() })
  const rows: unknown[][] = []
  const letters: string[] = []
  let last: string | undefined
  const next = async (): Promise<boolean> => {
    const chunk = await reader.next()
    if (!chunk) return false
    last = chunk.position
    const { length, columns, rejected } = decoder.decode(chunk)
    for (let i = 0; i < length; i++) rows.push(names.map(name => valueAt(columns[name]!, i)))
    letters.push(...rejected.map(({ message, code }) => `${source.placeOf!(chunk, message)!.slice(path.length + 1)} ${code}`))
    return true
  }
  return { rows, letters, next, position: () => last }
}

async function all(of: Schema<unknown>, options: CsvOptions) {
  const { rows, letters, next } = await reading(of, options)
  while (await next());
  return { rows, letters }
}

describe('a file of a spreadsheet', () => {
  it.each([
    ['as it is', ''],
    ['with a byte order mark', '\uFEFF'],
    ['with its delimiter in the first line', 'sep=;\r\n'],
    ['with both', '\uFEFFsep=;\r\n'],
    ['with the delimiter as Unix ends lines', 'SEP=;\n'],
  ])('is read, %s', async (_, preface) => {
    const before = preface.includes('=') ? 1 : 0
    await writeFile(path, `${preface}room;celsius;note\r\nhall;20,5;"a;b"\r\nloft;warm;\r\n"sep=;";-0,25;\r\n`)
    expect(await all(S, german)).toEqual({
      rows: [
        ['hall', 20.5],
        ['sep=;', -0.25],
      ],
      letters: [`line ${3 + before} MR203`],
    })
    const { reader, decoder } = await openFile(path, S, undefined, german)
    const chunk = (await reader.next())!
    const decoded = decoder({ wanted: new Set(['celsius']), keyed: new Set() }).decode(chunk)
    expect([decoded.length, chunk.lines![1]]).toEqual([2, 3 + before])
    await reader.close('release')
  })

  it('goes on behind what was read of it, and reads no line amid it as a preface', async () => {
    await writeFile(path, 'sep=;\nroom;celsius\nhall;1,5\n')
    const first = await reading(S, german)
    expect(await first.next()).toBe(true)
    await appendFile(path, 'sep=;\nloft;2,5\n')
    const second = await reading(S, german, false, first.position())
    while (await second.next());
    expect([second.rows, second.letters]).toEqual([[['loft', 2.5]], ['line 4 MR202']])
  })

  it('is read without a header line, too', async () => {
    await writeFile(path, 'sep=;\nhall;20,5\n')
    expect((await all(S, { ...german, header: ['room', 'celsius'] })).rows).toEqual([['hall', 20.5]])
  })

  it('is followed from its first byte on, in whatever parts it comes', async () => {
    await writeFile(path, '')
    const { rows, next } = await reading(S, german, true)
    const read = next()
    for (const part of ['\uFEFF', 'se', 'p=;', '\r', '\nroom;', 'celsius\r\nhall', ';20,5\r\n']) {
      await appendFile(path, part)
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    await read
    await until('it is read', () => rows.length > 0)
    expect(rows).toEqual([['hall', 20.5]])
  })
})

describe('a header that does not fit', () => {
  const fault = async (content: string | Buffer, options: CsvOptions = {}, of = S) => {
    await writeFile(path, content)
    return all(of, options).then(
      () => undefined,
      ({ code, message, hint, notes }) =>
        ({ code, message, hint, notes }) as { code: string; message: string; hint: string; notes: readonly string[] },
    )
  }
  const meant = (sign: string) =>
    `did you mean delimiter '${sign}'? csv(Schema, { delimiter: '${sign}' }), or --delimiter '${sign}' beside --read`

  it.each([
    ['room;celsius\nhall;1\n', {}, ';'],
    ['room\tcelsius\nhall\t1\n', {}, '\\t'],
    ['room|celsius\nhall|1\n', { delimiter: ';' }, '|'],
    ['room,celsius\nhall,1\n', { delimiter: ';' }, ','],
    ['"room";"celsius";"a,b"\nhall;1;\n', {}, ';'],
    ['sep=;\nroom;celsius\nhall;1\n', {}, ';'],
    ['room,a;celsius\n', {}, undefined],
    ['one;two\n', {}, ';'],
    ['one,two\n', {}, undefined],
  ] as const)('%j by %j: names the delimiter %s', async (content, options, sign) => {
    const { code, hint } = (await fault(content, options))!
    expect(code).toBe(content.startsWith('"') ? 'MR219' : 'MR217')
    if (sign === undefined) expect(hint).not.toContain('did you mean')
    else expect(hint).toBe(meant(sign))
  })

  it('is one where nothing has to be there and nothing is', async () => {
    const T = schema({ room: text().nullable(), celsius: number().nullable() }) as Schema<unknown>
    expect(await fault('room;celsius\nhall;1\n', {}, T)).toMatchObject({
      code: 'MR217',
      message: `${path} has no column \`room\`, \`celsius\``,
      hint: meant(';'),
    })
    expect(await fault('room\nhall\n', {}, T)).toBeUndefined()
  })

  it.each([
    ['of old Macs', 'room,celsius,at\rhall,1,2\rloft,2,3\r', 'MR219', 'not of old Macs'],
    ['in Windows-1252', Buffer.from('r\u00f6om,celsius\nhall,1\n', 'latin1'), 'MR217', 'save it as "CSV UTF-8"'],
    ['in UTF-16 without its mark', Buffer.from('room,celsius\nhall,1\n', 'utf16le'), 'MR217', 'as UTF-16 does'],
  ])('is one in a file %s', async (_, content, code, remedy) => {
    expect(await fault(content)).toMatchObject({ code, hint: expect.stringContaining(remedy) as string })
  })

  it.each([
    ['room;Celsius (hall)\n', "celsius: number(…).at('Celsius (hall)')"],
    ['room;celcius\n', "celsius: number(…).at('celcius')"],
    ['room;Celsius.\n', 'Rename the columns in the header line'],
    ['room;humidity\n', 'Rename the columns in the header line'],
  ])('tells which column is probably meant: %j', async (header, hint) => {
    await writeFile(path, `${header}hall;20\n`)
    const expected = { code: 'MR217', hint: expect.stringContaining(hint) as string }
    await expect(all(S, german)).rejects.toMatchObject(expected)
  })

  it('is told in few words, however long it is', async () => {
    const { message, notes } = (await fault(
      `${Array.from({ length: 5_000 }, (_, i) => `column number ${i} ${'x'.repeat(i % 90)}`).join(',')}\n`,
    ))!
    expect(message.length + notes.join().length).toBeLessThan(2_000)
    expect(notes.join()).toContain(' and 4,980 more')
    expect(await fault(`room,celsius,${'x'.repeat(2_000_000)}\nhall,1,\n`)).toMatchObject({
      code: 'MR219',
      message: `the header of ${path} is longer than 1,048,576 bytes`,
    })
  })
})

describe('validate', () => {
  const check = (of: Schema<unknown>, options: CsvOptions, follow = false) =>
    file({ path, decode: csv(of, options), follow }).check(connectorContext(), 1_000)

  it('passes a file whose first records are rows', async () => {
    await writeFile(path, 'room;celsius\nhall;20,5\n')
    expect(await check(S, german)).toEqual([{ ok: true, message: `${path} can be read` }])
  })

  it('warns of records that would be dead letters, with the first of each kind', async () => {
    await writeFile(path, 'room;celsius\nhall;20,5\nloft;21,5\nyard;\n"a\r\nb";1;2\n')
    const faults = await check(S, { delimiter: ';' }, true)
    const bad = { ok: false, severity: 'warning' }
    expect(faults).toMatchObject([
      {
        ...bad,
        code: 'MR203',
        message: expect.stringContaining(`${path} line 2: \`celsius\` is the text "20,5"`),
        notes: ['sample: hall;20,5'],
      },
      { ...bad, code: 'MR202', message: expect.stringContaining(`${path} line 4: \`celsius\` is missing`), notes: ['sample: yard;'] },
      { ...bad, code: 'MR219', message: expect.stringContaining('line 5'), notes: ['sample: "a\\nb";1;2'] },
    ])
    expect(faults[0]!.message).toMatch(/decimal: ','.* \(and 1 more of the first 4 records\)$/)
  })
})

describe('an export for spreadsheets', () => {
  const columns: readonly ViewColumn[] = [
    { name: 'room', type: 'text', nullable: true, key: false },
    { name: 'mean', type: 'number', nullable: true, key: false },
    { name: 'open', type: 'boolean', nullable: true, key: false },
    { name: 'window_start', type: 'timestamp', nullable: true, key: false },
  ]
  const Exported = schema({
    room: text().nullable(),
    mean: number().nullable(),
    open: boolean().nullable(),
    start: timestamp('yyyy-MM-dd HH:mm:ss', 'Europe/Berlin').at('window_start'),
  }) as Schema<unknown>

  it('is read back by the source', async () => {
    const at = Date.UTC(2026, 6, 1, 8, 30, 5)
    const rows: LiveRow[] = [
      ['hall; "north"', 20.5, true, at],
      ['', null, false, at],
      ['a\nb', -1e-7, null, at],
    ]
    await writeFile(path, [...rowPieces(excelCsv('Europe/Berlin'), columns, rows)].join(''))
    expect(await all(Exported, { booleans: ['TRUE', 'FALSE'] })).toEqual({ rows, letters: [] })
  })
})
