import { describe, expect, test } from 'vitest'
import { startNode } from '../../src/broker/index.js'
import type { Job } from '../../src/job/graph.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { Collector } from '../interop/collector.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { Device } from '../interop/device.js'
import { disposals } from '../interop/disposals.js'
import identities from '../interop/identities.job.js'
import type { Reading } from '../interop/readings.js'
import { RunningJob } from '../interop/running-job.js'
import { startArtemis } from '../peers/artemis.js'
import { artemisAvailable } from '../peers/available.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'

const opened = disposals()
const start = Date.parse('2026-01-01T00:00:00Z')

/** Three rooms, a reading each, at one instant of the job's clock. */
const readingsAt = (at: number): Reading[] =>
  ['attic', 'cellar', 'hall'].map(room => ({ id: `${room}-${at}`, body: JSON.stringify({ room, id: `${room}-${at}`, celsius: 20, at }) }))

describe('a broker away for two minutes under load', () => {
  test('makes no row late that was in order: virtual time, real node, real sockets', async () => {
    const time = virtualTime(start)
    // The node and its devices live on; the way to the job is cut. What is sent meanwhile waits in the node's queue.
    const node = opened(await startNode({ time, random: systemRandom, log: silentLog }), it => it.close())
    const proxy = opened(await CutProxy.start(node.port), it => it.close())
    const device = opened(new Device(node.url, 'readings', 'queue'), it => it.close())
    const env = { MILLRACE_AMQP_URL: `amqp://127.0.0.1:${proxy.port}` }
    const jobs = await startJobs({ jobs: [identities as Job], log: silentLog, env, time, dataDir: null })
    opened(jobs, async it => {
      const stopped = it.stop(1000)
      await time.advance(5_000)
      await stopped
    })
    const counts = () => jobs.host.jobs()[0]!.counts
    const connected = () => jobs.host.jobs()[0]!.state === 'running'
    let sent = 0
    const ids: string[] = []
    const second = async (): Promise<void> => {
      const readings = readingsAt(time.wall())
      device.send(readings)
      sent += readings.length
      ids.push(...readings.map(({ id }) => id))
      await device.delivered()
      await time.advance(1000)
    }
    await until('attached', async () => {
      await time.advance(1)
      return connected()
    })
    for (let i = 0; i < 30; i++) {
      await second()
      await until('received', () => counts().received === sent)
    }
    proxy.cut()
    await until('away', () => !connected())
    for (let i = 0; i < 120; i++) await second()
    expect(counts().received).toBe(sent - 360)
    expect(jobs.host.jobs()[0]!.attention.some(one => /^readings has not been connected for \d+ s/.test(one))).toBe(true)
    proxy.open()
    // Up to thirty seconds between two attempts.
    await until('back', async () => {
      await time.advance(100)
      return connected()
    })
    await until('the backlog', async () => {
      await time.advance(1)
      return counts().received === sent
    })
    for (let i = 0; i < 30; i++) {
      await second()
      await until('received', () => counts().received === sent)
    }
    expect(counts()).toMatchObject({ received: sent, counted: sent, late: 0, duplicate: 0, deadLettered: 0 })
    // With nothing more to come the clock closes the last windows: then every identity is in one of them, once.
    await time.advance(15_000)
    const rows = jobs.host.views()[0]!.latest(10_000)
    const counted = rows.flatMap(row => row.find(value => Array.isArray(value)) as readonly string[])
    expect(counted.sort()).toEqual([...ids].sort())
  }, 60_000)

  const artemis = artemisAvailable()
  // Three minutes of real time: `npm run soak:away`, not in every run.
  if (process.env['MILLRACE_LONG'] !== '1') return
  test.skipIf(!artemis.present)(
    'the same in real time, Artemis killed and gone for two minutes',
    async () => {
      const broker = opened(await startArtemis(), it => it.stop())
      const collector = opened(new Collector(broker.url, 'results', { kind: 'queue' }), it => it.close())
      const device = opened(new Device(broker.url, 'readings', 'queue'), it => it.close())
      const job = opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: broker.url } }), it => it.dispose())
      const ids: string[] = []
      let last = Date.now()
      const load = setInterval(() => {
        // Every 10 ms of data time since the last turn, so that a slow turn leaves no gap.
        for (const now = Date.now(); last + 10 <= now; last += 10) {
          const readings = readingsAt(last + 10)
          device.send(readings)
          ids.push(...readings.map(({ id }) => id))
        }
      }, 50)
      opened(load, async it => clearInterval(it))
      const flowing = async () => (await job.summary()).counts.received
      const before = await until('the load flows', async () => (await flowing()) > 3_000 && flowing())
      await broker.halt('kill')
      await until(
        'two minutes without a broker',
        async () => (await job.summary()).attention.some(one => /since 1[23]\d s/.test(one)),
        150_000,
      )
      expect(device.pending).toBeGreaterThan(30_000)
      await broker.start()
      await until('the backlog', async () => device.pending < 1_000 && (await flowing()) > before + 30_000, 60_000)
      clearInterval(load)
      await device.delivered()
      const { counts } = await until('all received', async () => {
        const summary = await job.summary()
        return summary.counts.counted >= ids.length && summary
      })
      expect(counts).toMatchObject({ counted: ids.length, late: 0, deadLettered: 0 })
      const counted = () => [...collector.rows.values()].flatMap(row => row['ids'] as readonly string[])
      await until('the clock has closed every window', () => counted().length >= ids.length, 60_000)
      expect(counted().sort()).toEqual([...ids].sort())
    },
    300_000,
  )
})
