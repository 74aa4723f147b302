import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { file, json } from '../../connectors/file/index.js'
import { integer, schema } from '../../src/model/fields.js'
import { sourceConformance } from '../../src/testing/connector-source.js'
import type { SourceHarness } from '../../src/testing/connector-source-harness.js'
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

describe('file connector', () => {
  for (const follow of [false, true]) for (const { name, run } of sourceConformance(source(follow))) test(name, run)
})
