import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { csv, file, fileSink, json } from '../../connectors/file/index.js'
import { valueAt } from '../../src/model/columns.js'
import { integer, schema, text, timestamp } from '../../src/model/fields.js'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import { sourceConformance } from '../../src/testing/connector-source.js'
import type { SourceHarness } from '../../src/testing/connector-source-harness.js'
import { connectorContext } from '../support/connector-context.js'
import { PlaceKeeper } from './file-place-keeper.js'

const Row = schema({ n: integer() })

const source = (follow: boolean): SourceHarness => ({
  name: follow ? 'file, followed' : 'file',
  endless: follow,
  keepsOrder: true,
  async place() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-file-'))
    const path = join(folder, 'readings.ndjson')
    const away = join(folder, 'away')
    const keeper = new PlaceKeeper()
    await writeFile(path, '')
    return {
      source: () => keeper.keeping(file({ path, follow, decode: json(Row) })),
      send: texts => appendFile(path, texts.map(text => `${text}\n`).join('')),
      ...(follow && { peer: { stop: () => rename(path, away), start: () => rename(away, path) } }),
      close: () => rm(folder, { recursive: true }),
    }
  },
  async refused() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-file-'))
    return { source: file({ path: folder, follow, decode: json(Row) }), close: () => rm(folder, { recursive: true }) }
  },
})

const sink = (format: 'ndjson' | 'csv'): SinkHarness => ({
  name: `fileSink, ${format}`,
  context: { journal: 'a1b2c3d4' },
  async place() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-file-'))
    const path = join(folder, 'new', `results.${format}`)
    return {
      sink: () => fileSink('under-test', { path, format }),
      received: async () => (format === 'csv' ? fieldsOf(path) : objectsOf(path)),
      close: () => rm(folder, { recursive: true }),
    }
  },
})

async function objectsOf(path: string): Promise<Record<string, unknown>[]> {
  const lines = await readFile(path, 'utf8')
  return lines
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

/** What is written is read by the source: they agree on empty cells, quotes and line breaks. */
async function fieldsOf(path: string): Promise<Record<string, unknown>[]> {
  const S = schema({ device: text(), n: integer(), at: timestamp('rfc3339'), note: text().nullable() })
  const reader = await file({ path, decode: csv(S) }).open(connectorContext())
  const decoder = csv(S).compile({ wanted: new Set(Object.keys(S.fields)), keyed: new Set() })
  const rows: Record<string, unknown>[] = []
  for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
    const { columns, length, rejected } = decoder.decode(chunk)
    expect(rejected).toEqual([])
    for (let i = 0; i < length; i++)
      rows.push(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, valueAt(column, i)])))
  }
  await reader.close('release')
  return rows
}

describe('file connector', () => {
  for (const follow of [false, true]) for (const { name, run } of sourceConformance(source(follow))) test(name, run)
  for (const format of ['ndjson', 'csv'] as const) for (const { name, run } of sinkConformance(sink(format))) test(name, run)
})
