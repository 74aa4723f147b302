import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finished, root } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-read-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Row = Readonly<Record<string, number | string | boolean>>

/** Window starts of `size` by `every` ms that contain t: the same rule, written in SQL. */
const windows = (size: number, every: number): string => `
  select start, start + ${size} as "end", mote, temperature, humidity
  from (select *, epoch_ms("at"::timestamp) as t from readings), range(0, ${size / every}) k(k), (select 1)
  cross join lateral (select (t // ${every}) * ${every} - k * ${every} as start)`

describe('run --read', () => {
  let rows: readonly Row[]

  beforeAll(async () => {
    const { code, stdout, stderr } = await finished([
      'run',
      'jobs/mote-climate.job.ts',
      '--read',
      'readings=data/motes.csv',
      '--results',
      'ndjson',
    ])
    expect(stderr).toContain('18914 rows')
    expect(code).toBe(0)
    rows = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Row)
  })

  const expected = async (sql: string): Promise<readonly Row[]> => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(`create table readings as select * from read_csv('${join(root, 'data/motes.csv')}', types={'at':'TIMESTAMPTZ'})`)
    await connection.run("set timezone = 'UTC'")
    const result = await connection.runAndReadAll(sql)
    return result.getRowObjects().map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])))
  }

  const compare = (result: string, wanted: readonly Row[], exact: readonly string[], near: readonly string[]): void => {
    const got = new Map(
      rows.filter(row => row['result'] === result).map(row => [`${row['mote']} ${Date.parse(String(row['window_start']))}`, row]),
    )
    expect(got.size).toBe(wanted.length)
    for (const want of wanted) {
      const row = got.get(`${want['mote']} ${want['start']}`)
      expect(row, `mote ${want['mote']} at ${want['start']}`).toBeDefined()
      expect(Date.parse(String(row!['window_end']))).toBe(want['end'])
      expect(row).toMatchObject({ final: true, revision: 0 })
      for (const name of exact) expect(row![name]).toBe(want[name])
      for (const name of near) {
        const [a, b] = [Number(row![name]), Number(want[name])]
        expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-6))
      }
    }
  }

  const statistics =
    'avg(temperature) as mean, min(temperature) as min, max(temperature) as max, stddev_samp(temperature) as stddev, count(*) as n'

  it.each([
    ['climate', 60_000, 60_000],
    ['trend', 300_000, 60_000],
  ])('%s equals DuckDB, row by row', async (result, size, every) => {
    const wanted = await expected(`select start, "end", mote, ${statistics} from (${windows(size, every)}) group by all`)
    expect(wanted.length).toBeGreaterThan(1_000)
    compare(result, wanted, ['min', 'max', 'n'], ['mean', 'stddev'])
  })

  it('steam equals DuckDB, row by row', async () => {
    const wanted = await expected(
      `select start, "end", mote, max(humidity) as humidity from (${windows(60_000, 60_000)}) group by all having max(humidity) > 60`,
    )
    expect(wanted.length).toBeGreaterThan(0)
    compare('steam', wanted, ['humidity'], [])
  })

  it('prints the names of a result first, and nothing else on stdout', () => {
    expect(Object.keys(rows[0]!)).toEqual([
      'result',
      'window_start',
      'window_end',
      'final',
      'revision',
      'mote',
      'mean',
      'min',
      'max',
      'stddev',
      'n',
    ])
    expect(rows[0]!['window_start']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('reports a bad line with its number, keeps it, and goes on', async () => {
    const lines = readFileSync(join(root, 'data/motes.csv'), 'utf8').split('\n')
    const spoilt = join(folder, 'spoilt.csv')
    writeFileSync(spoilt, [...lines.slice(0, 3), '1,1,1,warm,27.9,0,2010-05-09T10:00:00.000Z', ...lines.slice(3)].join('\n'))
    const data = join(folder, 'data')
    const { code, stdout, stderr } = await finished([
      'run',
      'jobs/mote-climate.job.ts',
      '--read',
      `readings=${spoilt}`,
      '--results',
      'ndjson',
      '--data',
      data,
    ])
    expect(code).toBe(0)
    expect(stderr).toMatch(/spoilt\.csv:4 MR\d+ .*humidity/)
    expect(stdout.trimEnd().split('\n')).toHaveLength(rows.length)
    const letter = JSON.parse(readFileSync(join(data, 'dead-letters.ndjson'), 'utf8')) as { line: number; bytes: string }
    expect(letter.line).toBe(4)
    expect(Buffer.from(letter.bytes, 'base64').toString()).toContain('warm')
  })

  it('gives the same of a file with semicolons and decimal commas, as the command line says', async () => {
    const spreadsheet = join(folder, 'spreadsheet.csv')
    const commas = readFileSync(join(root, 'data/motes.csv'), 'utf8')
      .split('\n')
      .map(line => line.replaceAll(',', ';'))
    const written = commas.map(line =>
      line
        .split(';')
        .map(cell => (/^\d+\.\d+$/.test(cell) ? cell.replace('.', ',') : cell))
        .join(';'),
    )
    writeFileSync(spreadsheet, `\uFEFFsep=;\r\n${written.join('\r\n')}`)
    const read = (...options: readonly string[]) =>
      finished(['run', 'jobs/mote-climate.job.ts', '--read', `readings=${spreadsheet}`, '--results', 'ndjson', ...options])
    const { code, stdout, stderr } = await read('--delimiter', ';', '--decimal', ',')
    expect(code, stderr).toBe(0)
    // Chunks end elsewhere, and with them the results that one of them closes.
    const sorted = (all: readonly Row[]): readonly string[] => all.map(row => JSON.stringify(row)).sort()
    const given = stdout.trimEnd().split('\n')
    expect(sorted(given.map(line => JSON.parse(line) as Row))).toEqual(sorted(rows))
    expect((await read()).stderr).toContain("did you mean delimiter ';'? csv(Schema, { delimiter: ';' }), or --delimiter ';' beside --read")
    expect((await read('--delimiter', ';;')).stderr).toContain('MR302  csv: `delimiter` wants one sign')
  })

  it('refuses to be told how files are written where none is read', async () => {
    const { code, stderr } = await finished(['run', 'jobs/mote-climate.job.ts', '--delimiter', ';'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('MR601  --delimiter and --decimal say how the files of --read are written')])
    const ofLines = ['run', 'jobs/mote-climate.job.ts', '--read', 'readings=lines.ndjson.gz:at', '--decimal', ',']
    const told = await finished(ofLines)
    expect([told.code, told.stderr]).toEqual([
      2,
      expect.stringContaining('say how CSV is written, and --read readings=lines.ndjson.gz:at is JSON'),
    ])
  })

  it.each([
    ['an unbound source', ['--read', 'other=data/motes.csv'], /MR604.*no source 'other'/],
    ['a file that is not there', ['--read', 'readings=data/nothing.csv'], /MR218.*there is no file/],
    ['a name without a file', ['--read', 'readings'], /MR604/],
    ['an unknown time field', ['--read', 'readings=data/motes.csv:when'], /MR\d+.*when/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await finished(['run', 'jobs/mote-climate.job.ts', ...args])
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  })
})
