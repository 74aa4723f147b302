import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { artemisAvailable } from '../peers/available.js'
import { until } from '../support/until.js'
import { CrashRig } from './crash-rig.js'
import { FaultProxy } from './fault-proxy.js'
import { JobLife, type LifeOptions } from './job-life.js'

const opened = disposals()
const rowsAWindow = 500
/** Performatives (part 2 §2.7). */
const [transfer, disposition] = [0x14, 0x15]
const idleMs = 3_000

/** A broker with a load, a proxy before it, and how a job that goes through the proxy is started. */
async function rigWithProxy(seed: number): Promise<{ readonly rig: CrashRig; readonly proxy: FaultProxy; readonly through: LifeOptions }> {
  const rig = opened(await CrashRig.open({ seed, peer: 'artemis', rate: 3_000, brokerIdleMs: idleMs }), it => it.close())
  const proxy = opened(await FaultProxy.start(Number(new URL(rig.broker.url).port)), it => it.close())
  const url = new URL(rig.broker.url)
  url.port = String(proxy.port)
  return { rig, proxy, through: rig.life({ url: url.href.replace(/\/$/, ''), env: { CRASH_IDLE_TIMEOUT: 'short' } }) }
}

const started = (options: LifeOptions, ...more: readonly string[]): JobLife => opened(JobLife.command(options, ...more), it => it.kill())

/** Each file of a folder with its bytes as text. */
async function filesOf(folder: string, pick: (name: string) => boolean): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter(pick)
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(join(folder, name), 'base64')] as const)))
}

describe('a process that is stopped and continued', () => {
  peerTest(
    'past the idle time-out of the broker connects again; nothing is lost and nothing repeated',
    [artemisAvailable()],
    async () => {
      const { rig, proxy, through } = await rigWithProxy(51)
      const life = started(through)
      for (let stop = 0; stop < 2; stop++) {
        await rig.moreRows(rowsAWindow)
        const { connections } = proxy
        life.child.kill('SIGSTOP')
        await until('the broker has given it up', () => proxy.open === 0)
        life.child.kill('SIGCONT')
        await until('it connects again', () => proxy.connections > connections)
      }
      await rig.moreRows(rowsAWindow)
      const { findings } = await rig.finish(life)
      expect(findings, life.output).toEqual([])
    },
    180_000,
  )

  peerTest(
    'and was replaced meanwhile ends with MR440, and neither writes, nor settles, nor sends',
    [artemisAvailable()],
    async () => {
      const { rig, proxy, through } = await rigWithProxy(52)
      const first = started(through)
      await rig.moreRows(rowsAWindow)
      const refused = started(rig.life())
      expect(await refused.endsWithin(60_000)).toBe(true)
      expect(refused.child.exitCode).toBe(1)
      expect(refused.output).toContain('MR425')
      // At rest, so that nothing of it is under way when it is stopped; heartbeats alone pass.
      rig.sender.tell('hold')
      const sent = () => [proxy.performatives(transfer), proxy.performatives(disposition)] as const
      let quiet = 0
      let last = sent()
      await until('the job is at rest', () => {
        quiet = String(sent()) === String(last) ? quiet + 1 : 0
        last = sent()
        return quiet > 100
      })
      first.child.kill('SIGSTOP')
      rig.sender.tell('go')
      // What it would have to settle waits in its socket already.
      await rig.moreMessages(2_000)
      expect(sent(), 'while it was stopped').toEqual(last)
      const second = started(rig.life(), '--take-over')
      expect(await second.recoveredWithin(60_000), second.output).toBe(true)
      const journal = join(rig.dataDir, 'journal')
      const newest = (await readdir(journal)).sort().at(-1)!.slice(0, 10)
      const ofFirst = (name: string): boolean => !name.startsWith(newest)
      const before = await filesOf(journal, ofFirst)
      first.child.kill('SIGCONT')
      expect(await first.endsWithin(60_000), first.output).toBe(true)
      expect(first.output).toContain('MR440')
      expect(first.child.exitCode).toBe(1)
      expect(sent(), 'transfers and dispositions').toEqual(last)
      // A segment may have been removed by the second one meanwhile; none may have changed.
      for (const [name, bytes] of Object.entries(await filesOf(journal, ofFirst))) expect(bytes, name).toBe(before[name])
      await rig.moreRows(rowsAWindow)
      const { findings } = await rig.finish(second)
      expect(findings, second.output).toEqual([])
    },
    180_000,
  )
})
