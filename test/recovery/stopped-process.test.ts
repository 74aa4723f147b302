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
/** A performative (part 2 §2.7) and an outcome (part 3 §3.4). */
const [transfer, accepted] = [0x14, 0x24]
const idleMs = 3_000

/** A broker with a load, a proxy before it, and how a job that goes through the proxy is started. */
async function rigWithProxy(seed: number): Promise<{ readonly rig: CrashRig; readonly proxy: FaultProxy; readonly through: LifeOptions }> {
  const rig = opened(await CrashRig.open({ seed, peer: 'artemis', rate: 6_000, brokerIdleMs: idleMs }), it => it.close())
  const proxy = opened(await FaultProxy.start(Number(new URL(rig.broker.url).port)), it => it.close())
  const url = new URL(rig.broker.url)
  url.port = String(proxy.port)
  return { rig, proxy, through: rig.life({ url: url.href.replace(/\/$/, ''), env: { CRASH_IDLE_TIMEOUT: 'short' } }) }
}

const started = (options: LifeOptions, ...more: readonly string[]): JobLife => opened(JobLife.command(options, ...more), it => it.kill())

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
    'and was replaced meanwhile ends with MR440, neither settles nor sends, and what it writes counts for nothing',
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
      const sent = (): readonly number[] => [proxy.performatives(transfer), proxy.performatives(accepted)]
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
      first.child.kill('SIGCONT')
      expect(await first.endsWithin(60_000), first.output).toBe(true)
      expect(first.output).toContain('MR440')
      expect(first.child.exitCode).toBe(1)
      // What it had received and never journaled it may give back.
      expect(sent(), 'transfers, and dispositions with `accepted`').toEqual(last)
      await rig.moreRows(rowsAWindow)
      // What it may still have written into a segment of its own epoch is nobody's: a recovery does not read it.
      await second.kill()
      const third = started(rig.life())
      await rig.moreRows(rowsAWindow)
      const { findings } = await rig.finish(third)
      expect(findings, third.output).toEqual([])
    },
    180_000,
  )
})
