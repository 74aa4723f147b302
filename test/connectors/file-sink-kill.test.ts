import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { root, started } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-sink-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rowsOfEntry = (entry: number): string =>
  Array.from({ length: 1 + (entry % 4) }, (_, i) => `${entry}.${i},${'x'.repeat((entry * 7) % 90)}\n`).join('')

/**
 * Writes entries from where the file ends, a new file every few of them, and kills itself in the middle of a write: after so
 * many turns of its event loop, which wait for the disk in between.
 */
const writer = (path: string, writes: number, turns: number): string => `
import { ResultFile } from ${JSON.stringify(pathToFileURL(join(root, 'dist/connectors/file/result-file.js')).href)}
const rowsOfEntry = ${rowsOfEntry}
const log = { info() {}, warn(text) { console.log('warning', text) }, error() {} }
const file = await ResultFile.open({ path: ${JSON.stringify(path)}, owner: 'job/out', journal: 'a1', rotateBytes: 300, rotateMs: 0, keep: Infinity, log })
const behind = file.position?.entry ?? 0
console.log('goes on behind', behind)
const append = entry => file.append({ text: rowsOfEntry(entry), header: 'id,fill\\n' }, { entry, ordinal: 0 }, 0)
for (let entry = behind + 1; entry <= behind + ${writes}; entry++) await append(entry)
if (${turns} > 0) {
  void append(behind + ${writes} + 1)
  for (let turn = 0; turn < ${turns}; turn++) await new Promise(setImmediate)
  process.kill(process.pid, 'SIGKILL')
}
await file.close()
`

it('a result file holds every row once and in order, wherever its writer is killed', async () => {
  const path = join(folder, 'out.csv')
  const live = async (writes: number, turns: number): Promise<number> => {
    const { stdout, stderr } = await started([process.execPath, '--input-type=module', '-e', writer(path, writes, turns)]).done
    expect(stderr).toBe('')
    expect(stdout).not.toContain('warning')
    return Number(/goes on behind (\d+)/.exec(stdout)![1])
  }
  const behind: number[] = []
  // Few writes in a life, so that deaths come amid the change of files, too; a turn takes microseconds, a sync up to some ms.
  for (let life = 0; life < 18; life++) behind.push(await live(1 + (life % 3), Math.ceil(1.6 ** life)))
  const end = await live(0, 0)
  expect(end).toBeGreaterThan(30)
  expect(behind).toEqual([...behind].sort((a, b) => a - b))
  const names = (await readdir(folder)).filter(name => name.endsWith('.csv'))
  // The one without a number is the newest.
  names.sort((a, b) => Number(b.includes('-')) - Number(a.includes('-')) || (a < b ? -1 : 1))
  expect(names.length).toBeGreaterThan(3)
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  for (const text of texts) if (text !== '') expect(text.startsWith('id,fill\n')).toBe(true)
  const wanted = Array.from({ length: end }, (_, i) => rowsOfEntry(i + 1)).join('')
  expect(texts.map(text => text.slice('id,fill\n'.length)).join('')).toBe(wanted)
}, 180_000)
