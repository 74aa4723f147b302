import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { SeededRandom } from '../simulation/seeded-random.js'
import { until } from '../support/until.js'
import { DurablePeer, numbered } from './durable-peer.js'

const kills = 5
const seed = Number(process.env['MILLRACE_SEED'] ?? 7)
const children: ChildProcess[] = []
const folders: string[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const script = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'node.mjs')
  const entry = fileURLToPath(new URL('node-process.ts', import.meta.url))
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', banner })
  return outfile
}

const start = async (file: string, data: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, [file, data], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [url] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return { child, url }
}

describe('the AMQP node under kill −9', () => {
  it(`takes each id once, loses nothing and keeps order over ${kills} kills (seed ${seed})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-node-'))
    folders.push(folder)
    const file = await script(folder)
    const random = new SeededRandom(seed)
    let next = 0
    const accepted = new Set<number>()
    /** In the order in which they came, a life of the node after the other. */
    const lives: number[][] = []
    for (let life = 0; life <= kills; life++) {
      const { child, url } = await start(file, join(folder, 'data'))
      const sending = new DurablePeer(url)
      const sender = sending.sender('work')
      const again = new Set(Array.from({ length: next }, (_, n) => n).filter(n => !accepted.has(n)))
      for (const n of again) sender.send(n, numbered(n, { id: `id-${n}` }))
      const reader = new DurablePeer(url).receiver({ source: { address: 'work' }, credit: 100 })
      const goal = life === kills ? 0 : 300 + random.int(0, 3000)
      const fresh = Array.from({ length: goal === 0 ? 0 : 6000 }, () => next++)
      for (const n of fresh) sender.send(n, numbered(n, { id: `id-${n}` }))
      if (goal > 0) {
        await until('enough accepted', () => sender.accepted.length >= goal)
        child.kill('SIGKILL')
        await once(child, 'close')
        await until('the end', () => sending.ended)
      } else {
        await until('all accepted', () => sender.accepted.length === again.size)
        const probe = numbered(-1)
        sender.send(-1, probe)
        await until('all delivered', () => reader.numbers.includes(-1))
      }
      for (const n of sender.accepted) accepted.add(n)
      lives.push(reader.numbers.filter(n => n >= 0))
      expect(reader.numbers.filter(n => n >= 0).every((n, i, all) => i === 0 || n > all[i - 1]! || again.has(n))).toBe(true)
    }
    const seen = new Map<number, number[]>()
    for (const [life, numbers] of lives.entries()) for (const n of numbers) seen.set(n, [...(seen.get(n) ?? []), life])
    expect([...accepted].filter(n => n >= 0 && !seen.has(n))).toEqual([])
    expect(seen.size).toBe(next)
    // Twice in one life would be a repeat that the id did not stop; in two lives, a lost acknowledgement.
    for (const [n, list] of seen) expect(new Set(list).size, `message ${n} in lives ${list}`).toBe(list.length)
  })
})
