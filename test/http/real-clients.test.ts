import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Server } from '../../src/http/create-server.js'
import type { LiveRow } from '../../src/model/api.js'
import { analystsAvailable } from '../peers/available.js'
import { climateServer } from './climate-server.js'
import { climateSchema, climateView } from './climate-view.js'
import { csvRecords } from './csv-records.js'
import { aimed, recipeBlocks } from './recipe-blocks.js'

/** `MILLRACE_ROWS=1000000 npx vitest run test/http/real-clients.test.ts` takes the million. */
const rowCount = Number(process.env['MILLRACE_ROWS'] ?? 20_000)
const deadline = 30_000 + rowCount / 5
const python = analystsAvailable()
const blocks = recipeBlocks('guides/query-results.md')
const recipes = (language: string) => blocks.filter(block => block.language === language)
const view = climateView(rowCount)
let server: Server
let folder: string
let expected: string

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program in the folder; the server of this process goes on meanwhile. */
async function ran(command: string, args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, HOME: folder, TZ: 'America/New_York' } })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', data => {
    said.stdout += data
  })
  child.stderr.on('data', data => {
    said.stderr += data
  })
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { code, ...said }
}

/** The rows as the view holds them, on a way that has nothing to do with HTTP. */
function* heldRows(): Generator<LiveRow> {
  yield* view.query({}).rows
}

/** A row as JSON, zeros with their sign. */
const jsonOf = (row: readonly unknown[]): string => `[${row.map(value => (Object.is(value, -0) ? '-0.0' : JSON.stringify(value))).join()}]`
const instant = (value: unknown): unknown => (typeof value === 'number' ? new Date(value).toISOString() : value)
/** A row with its times written out, as texts have them. */
const withTimes = (row: LiveRow): unknown[] => row.map((value, i) => (climateSchema[i]!.type === 'timestamp' ? instant(value) : value))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-clients-'))
  await mkdir(join(folder, '.duckdb'))
  server = await climateServer(view)
  expected = join(folder, 'expected.ndjson')
  await pipeline(
    Readable.from(
      (function* () {
        for (const row of heldRows()) yield `${jsonOf(row)}\n`
      })(),
    ),
    createWriteStream(expected),
  )
})
afterAll(async () => {
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

describe(`${rowCount.toLocaleString('en')} rows`, () => {
  it('come whole to curl: csv, ndjson, Arrow', { timeout: deadline }, async () => {
    for (const { text } of recipes('sh').filter(({ heading }) => heading === 'curl')) {
      const { code, stderr } = await ran('sh', ['-ec', aimed(text, server.url)])
      expect([code, stderr]).toEqual([0, ''])
    }
    expect(await readFile(join(folder, 'head.txt'), 'utf8')).toMatch(
      /^link: <\/api\/v1\/views\/climate\/rows\.json\?limit=100&after=\S+>; rel="next"\r$/m,
    )
    const held = heldRows()
    let read = 0
    for await (const line of createInterface({ input: createReadStream(join(folder, 'rows.ndjson')) })) {
      const row = withTimes(held.next().value)
      // One by one: a million matchers would take a minute.
      const values = Object.values(JSON.parse(line) as object)
      if (jsonOf(values) !== jsonOf(row)) expect(values).toEqual(row)
      read++
    }
    expect(read).toBe(rowCount)
    const records = csvRecords(await readFile(join(folder, 'rows.csv'), 'utf8'))
    expect(records.next().value).toEqual(climateSchema.map(({ name }) => name))
    for (const row of heldRows()) {
      const written = withTimes(row).map(value => (value === null ? '' : Object.is(value, -0) ? '-0.0' : String(value)))
      const { value } = records.next()
      if (JSON.stringify(value) !== JSON.stringify(written)) expect(value).toEqual(written)
    }
    expect(records.next().done).toBe(true)
    const table = tableFromIPC(await readFile(join(folder, 'rows.arrow')))
    expect(table.numRows).toBe(rowCount)
    const columns = climateSchema.map(({ name }) => table.getChild(name)!)
    let place = 0
    for (const row of heldRows()) {
      for (let i = 0; i < columns.length; i++) {
        const value: unknown = columns[i]!.get(place)
        if (!Object.is(typeof value === 'bigint' ? Number(value) : value, row[i])) expect([place, i, value]).toEqual([place, i, row[i]])
      }
      place++
    }
  })

  it.skipIf(!python.present)(
    'are the same in pandas, polars, DuckDB and pyarrow, by the recipes of the guide',
    { timeout: deadline * 3 },
    async () => {
      if (!python.present) return
      // What DuckDB installs by itself where there is a network.
      const httpfs =
        'import duckdb, duckdb_extension_httpfs as h; duckdb.sql(f"install \'{h.__path__[0]}/extensions/v{duckdb.__version__}/httpfs.duckdb_extension\'")'
      expect(await ran(python.path, ['-c', httpfs])).toMatchObject({ code: 0 })
      const asked = recipes('python').map(({ heading, text }, i) => [`${heading} ${i}`, aimed(text, server.url)])
      expect(asked.map(([name]) => name!.split(' ')[0])).toEqual(['pyarrow', 'pandas', 'pandas', 'polars', 'polars', 'DuckDB', 'DuckDB'])
      const columns = climateSchema.map(({ name, type }) => [name, type])
      const { code, stdout, stderr } = await ran(
        python.path,
        [join(import.meta.dirname, 'run-recipes.py')],
        JSON.stringify({ expected, columns, recipes: asked }),
      )
      expect(code, stderr).toBe(0)
      const answers = stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as { name: string; rows: number; seconds: number; fault: string | null })
      if (process.env['MILLRACE_ROWS']) console.info(stdout)
      expect(answers.map(({ name, rows, fault }) => [name, rows, fault])).toEqual(asked.map(([name]) => [name, rowCount, null]))
    },
  )
})
