import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { type CsvOptions, csv, file } from '../../connectors/file/index.js'
import { openFile } from '../../connectors/file/open-file.js'
import type { Decoder, DecoderSpec } from '../../src/codecs/decoder.js'
import type { SourceReader } from '../../src/connector/source.js'
import { valueAt } from '../../src/model/columns.js'
import { boolean, integer, number, schema, text } from '../../src/model/fields.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { analystsAvailable } from '../peers/available.js'
import { connectorContext } from '../support/connector-context.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-spreadsheets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const opened = disposals()
const python = analystsAvailable()

const Row = schema({ room: text(), celsius: number().nullable(), steps: integer(), open: boolean() })
const names = ['room', 'celsius', 'steps', 'open'] as const
const use = { wanted: new Set<string>(names), keyed: new Set<string>() }

/** What was written, as pandas read it back. */
interface Table {
  readonly path: string
  readonly delimiter: string
  readonly decimal: '.' | ','
  readonly rows: readonly Record<(typeof names)[number], unknown>[]
}

async function rowsOf(reader: SourceReader, decoder: Decoder): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
    const { length, columns, rejected } = decoder.decode(chunk)
    expect(rejected).toEqual([])
    for (let row = 0; row < length; row++) rows.push(Object.fromEntries(names.map(name => [name, valueAt(columns[name]!, row)])))
  }
  return rows
}

async function bySource(path: string, decode: DecoderSpec<unknown>): Promise<readonly unknown[]> {
  const source = file({ path, decode })
  const reader = opened(await source.open(connectorContext()), it => it.close('release'))
  return rowsOf(reader, source.decoder.compile(use))
}

async function byReading(path: string, options: CsvOptions): Promise<readonly unknown[]> {
  const { reader, decoder } = await openFile(path, Row, 'csv', options)
  opened(reader, it => it.close('release'))
  return rowsOf(reader, decoder(use))
}

peerTest('reads what spreadsheets, csv.writer and pandas write as pandas does, over any delimiter and decimal mark', [python], async () => {
  const script = join(import.meta.dirname, 'spreadsheet-tables.py')
  const { stdout, stderr } = spawnSync(python.present ? python.path : '', ['-W', 'ignore', script, folder, '150', '5'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const tables = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Table)
  expect([tables.length, stderr]).toEqual([150, ''])
  for (const { path, delimiter, decimal, rows } of tables) {
    const options: CsvOptions = { delimiter, decimal, booleans: ['WAHR', 'FALSCH'] }
    expect(await bySource(path, csv(Row, options)), path).toEqual(rows)
    expect(await byReading(path, options), path).toEqual(rows)
  }
})
