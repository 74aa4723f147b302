import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ResultFile } from '../../connectors/file/result-file.js'
import { started } from '../cli/command.js'
import { until } from '../support/until.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-sink-stopped-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const bundle = join(folder, 'result-file.mjs')
beforeAll(async () => {
  const entry = fileURLToPath(new URL('../../connectors/file/result-file.ts', import.meta.url))
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile: bundle, logLevel: 'error' })
})

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const place = (path: string) => ({
  path,
  owner: 'job/out',
  journal: 'a1',
  rotateBytes: Number.POSITIVE_INFINITY,
  rotateMs: 0,
  keep: Number.POSITIVE_INFINITY,
})

/** Writes two entries; it is stopped by the system just before the second, at the call named, after all that it looked at. */
const writer = (path: string, entries: number): string => `
import { open } from 'node:fs/promises'
import { ResultFile } from ${JSON.stringify(pathToFileURL(bundle).href)}
const log = { info() {}, warn() {}, error() {} }
const file = await ResultFile.open({ ...${JSON.stringify(place(path))}, rotateBytes: Infinity, keep: Infinity, log })
for (let entry = 1; entry < ${entries}; entry++) await file.append({ text: entry + ' of the first\\n' }, { entry, ordinal: 0 }, 0)
const any = await open(process.execPath)
const handle = Object.getPrototypeOf(any)
await any.close()
const { write } = handle
handle.write = async function (...all) {
  handle.write = write
  process.kill(process.pid, 'SIGSTOP')
  return write.apply(this, all)
}
try {
  await file.append({ text: ${entries} + ' of the first\\n' }, { entry: ${entries}, ordinal: 0 }, 0)
  console.log('written')
} catch (error) {
  console.log(error.code)
}
await file.close()
`

it.each([1, 2])('one who was stopped before write %i, replaced and goes on, leaves nothing in the file', async entries => {
  const path = join(folder, `out-${entries}.txt`)
  const first = started([process.execPath, '--input-type=module', '-e', writer(path, entries)])
  await until('it is stopped', async () => / T /.test(await readFile(`/proc/${first.process.pid}/stat`, 'utf8').catch(() => '')))
  const successor = await ResultFile.open({ ...place(path), log })
  expect(successor.position).toEqual(entries === 1 ? undefined : { entry: 1, ordinal: 0 })
  const append = (file: ResultFile, entry: number) => file.append({ text: `${entry} of the second\n` }, { entry, ordinal: 0 }, 0)
  await append(successor, entries)
  first.process.kill('SIGCONT')
  expect((await first.done).stdout).toBe('MR336\n')
  // The rows of the first are behind the successor's, not in their place; its next write finds them, and is made anew.
  await expect(append(successor, entries + 1)).rejects.toMatchObject({ code: 'MR335', action: 'back-off' })
  await successor.close()
  const again = await ResultFile.open({ ...place(path), log })
  expect(again.position).toEqual({ entry: entries, ordinal: 0 })
  await append(again, entries + 1)
  await again.close()
  const whole = Array.from({ length: entries + 1 }, (_, i) => `${i + 1} of the ${i + 1 < entries ? 'first' : 'second'}\n`).join('')
  expect(await readFile(path, 'utf8')).toBe(whole)
})
