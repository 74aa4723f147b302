import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeMessage } from '../../src/amqp/encode-message.js'
import { type LinkOptions, outcomes, selectorFilter } from '../../src/amqp/rhea.js'
import { SeededRandom } from '../simulation/seeded-random.js'
import { until } from '../support/until.js'
import { DurablePeer, type DurableReceiver, numbered } from './durable-peer.js'

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

  it('keeps durable subscriptions, what is selected, large messages and dead letters over kills', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-node-'))
    folders.push(folder)
    const file = await script(folder)
    const random = new SeededRandom(seed, 'subscriptions')
    const subscription = (name: string): LinkOptions => ({
      name,
      source: { address: 'news', capabilities: ['topic'], durable: 2, expiry_policy: 'never' },
    })
    const names = ['all', 'sleeper']
    /** One in five is rejected by the reader of `work`; one in seven spans several frames. */
    const isBad = (n: number): boolean => n % 5 === 0
    const bytesOf = (n: number): Uint8Array =>
      encodeMessage({
        durable: true,
        applicationProperties: { _AMQ_DUPL_ID: `id-${n}`, bad: isBad(n) },
        body: { value: n % 7 === 0 ? `${n} ${'x'.repeat(200_000)}` : String(n) },
      })
    const accepted = { news: new Set<number>(), work: new Set<number>() }
    const heard = { all: new Set<number>(), sleeper: new Set<number>(), good: new Set<number>(), dead: new Set<number>() }
    const note = (receiver: DurableReceiver, into: Set<number>): void =>
      void receiver.link.on('message', ({ message }) =>
        into.add(Number.parseInt(String((message as unknown as { body: string }).body), 10)),
      )
    let next = 0
    for (let life = 0; life <= kills; life++) {
      const isLast = life === kills
      const { child, url } = await start(file, join(folder, 'data'))
      const me = new DurablePeer(url, 'me')
      for (const name of names) {
        // The sleeper's owner is away, but for the first life, when it subscribes, and the last.
        if (name === 'sleeper' && life > 0 && !isLast) continue
        note(me.receiver({ ...subscription(name), credit: name === 'sleeper' && !isLast ? 0 : 50 }), heard[name as 'all'])
      }
      const select = (wanted: string): LinkOptions => ({ source: { address: 'work', filter: selectorFilter(wanted) } })
      const good = new DurablePeer(url).receiver({ ...select('bad = FALSE'), credit: 20 })
      note(good, heard.good)
      const bad = new DurablePeer(url).receiver({ ...select('bad = TRUE'), credit: 20, accepts: false })
      bad.link.on('message', ({ delivery }) => delivery!.update(true, outcomes.rejected()))
      await until('subscribed', () => me.connection.is_open())
      const news = new DurablePeer(url).sender('news', 'topic')
      const work = new DurablePeer(url).sender('work')
      const fresh = Array.from({ length: isLast ? 0 : 400 }, () => next++)
      for (const [sender, done] of [
        [news, accepted.news],
        [work, accepted.work],
      ] as const) {
        const again = Array.from({ length: next - fresh.length }, (_, n) => n).filter(n => !done.has(n))
        for (const n of [...again, ...fresh]) sender.send(n, bytesOf(n))
      }
      if (!isLast) {
        const goal = 50 + random.int(0, 300)
        await until('some accepted', () => news.accepted.length >= goal && work.accepted.length >= goal / 4)
        child.kill('SIGKILL')
        await once(child, 'close')
        await until('the end', () => me.ended)
      }
      const keep = (): void => {
        for (const n of news.accepted) accepted.news.add(n)
        for (const n of work.accepted) accepted.work.add(n)
      }
      if (isLast) {
        note(new DurablePeer(url).receiver({ source: { address: 'DLQ' }, credit: 50 }), heard.dead)
        await until('all accepted', () => {
          keep()
          return accepted.news.size === next && accepted.work.size === next
        })
        await until('all heard', () => heard.sleeper.size === next && heard.all.size === next && heard.good.size + heard.dead.size === next)
      }
      keep()
    }
    const every = Array.from({ length: next }, (_, n) => n)
    const sorted = (set: Set<number>): number[] => [...set].sort((a, b) => a - b)
    expect(sorted(heard.all)).toEqual(every)
    expect(sorted(heard.sleeper)).toEqual(every)
    expect(sorted(heard.good)).toEqual(every.filter(n => !isBad(n)))
    expect(sorted(heard.dead)).toEqual(every.filter(isBad))
  })
})
