import { describe, expect } from 'vitest'
import { protonAvailable } from '../peers/available.js'
import { type Router, startRouter } from '../peers/router.js'
import { until } from '../support/until.js'
import { Collector } from './collector.js'
import { Device } from './device.js'
import { disposals } from './disposals.js'
import { peerTest } from './peer-test.js'
import { closing, mixOf, sorted, windowsOf } from './readings.js'
import { RunningJob } from './running-job.js'

const opened = disposals()
const peers = [protonAvailable()]
const stepMs = 20

const router = async (): Promise<Router> => opened(await startRouter(), it => it.stop())
const started = async (url: string, env: Record<string, string> = {}): Promise<RunningJob> =>
  opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: url, ...env } }), it => it.dispose())
const device = async (url: string, address = 'readings'): Promise<Device> => {
  const one = opened(new Device(url, address), it => it.close())
  await until('device attached', () => one.attached)
  return one
}
const collector = async (url: string, address: string, judge?: ConstructorParameters<typeof Collector>[2]): Promise<Collector> => {
  const one = opened(new Collector(url, address, judge), it => it.close())
  await until('collector attached', () => one.attached)
  return one
}
const running = (job: RunningJob) => until('the job runs', async () => (await job.summary()).state === 'running')
/** For what the sink waits, by the job's graph. */
const sinkWaits = async (job: RunningJob): Promise<string> =>
  (await job.graph()).nodes.find(({ kind }) => kind === 'sink')?.waiting?.for ?? ''

describe('the same unchanged job over direct links of a router without storage', () => {
  peerTest('waits for receivers without a deadline on both sides, and gives the same results', peers, async () => {
    const { url } = await router()
    const mix = mixOf({ count: 1500, stepMs, mixed: true })
    const sender = await device(url)
    // An exchange on the same connection later there is still no credit, as nobody receives.
    sender.send([...mix.readings, closing(1500, stepMs)])
    await collector(url, 'somewhere-else')
    expect(sender.credit).toBe(0)
    expect(sender.outcomes).toEqual({ accepted: 0, rejected: 0, released: 0, modified: 0 })
    const job = await started(url)
    // The job receives; its own sink has no receiver yet.
    await until('the sink waits for credit', async () => /credit from 'results'/.test(await sinkWaits(job)))
    expect((await job.summary()).counts.received).toBeGreaterThan(500)
    const results = await collector(url, 'results')
    await until('all windows at the sink', () => results.rows.size >= mix.windows.size)
    await sender.delivered()
    expect(sorted(windowsOf(results.rows.values()))).toEqual(sorted(mix.windows))
    const { late, duplicate, deadLettered } = mix
    expect((await job.summary()).counts).toMatchObject({ received: mix.readings.length + 1, late, duplicate, deadLettered })
    expect(sender.outcomes).toMatchObject({ accepted: mix.readings.length + 1, rejected: 0 })
  })

  peerTest('its sink keeps what a receiver leaves unsettled, obeys the drain, and sends again', peers, async () => {
    const { url } = await router()
    const mix = mixOf({ count: 1500, stepMs })
    const gone = await collector(url, 'results', { judge: () => 'keep' })
    const job = await started(url)
    const sender = await device(url)
    sender.send([...mix.readings, closing(1500, stepMs)])
    await until('some are held by the first receiver', () => gone.rows.size > 0)
    gone.cut()
    // Given back as modified, sent again at once on credit that proves nothing, released, drained: then it waits.
    await until('drained', async () => /credit from 'results'/.test(await sinkWaits(job)))
    const graph = await job.graph()
    expect(graph.culprit?.sentence).toMatch(/^results has waited \d+ s for credit from 'results'/)
    const results = await collector(url, 'results')
    await until('all windows at the sink', () => results.rows.size >= mix.windows.size)
    expect(sorted(windowsOf(results.rows.values()))).toEqual(sorted(mix.windows))
    expect(results.repeats).toBe(0)
    await sender.delivered()
  })

  peerTest(
    'killed amid the flow and started again, it counts each reading once: the router has no storage, the journal has',
    peers,
    async () => {
      const { url } = await router()
      const mix = mixOf({ count: 6_000, stepMs })
      const first = await started(url)
      const sender = await device(url)
      await until('the window of the router', () => sender.credit === 250)
      sender.send(mix.readings)
      await until('some are accepted', () => sender.accepted.size > 500)
      // Its sink has no receiver, so results of closed windows wait in it, too.
      await first.kill()
      const second = opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: url }, home: first.home }), it => it.dispose())
      const results = await collector(url, 'results')
      sender.send([closing(6_000, stepMs)])
      await sender.delivered()
      await until('all windows at the sink', () => results.rows.size >= mix.windows.size)
      expect(sorted(windowsOf(results.rows.values()))).toEqual(sorted(mix.windows))
      expect((await second.summary()).counts).toMatchObject({ late: 0, deadLettered: 0 })
    },
  )

  peerTest('a rejection reaches the dead letters with the reason of the receiver', peers, async () => {
    const { url } = await router()
    const refusal = { condition: 'test:too-warm', description: 'the attic is closed' }
    const results = await collector(url, 'results', { judge: ({ room }) => (room === 'attic' ? refusal : 'accept') })
    const job = await started(url)
    const sender = await device(url)
    const mix = mixOf({ count: 600, stepMs })
    sender.send([...mix.readings, closing(600, stepMs)])
    await until('all windows at the sink', () => results.rows.size >= mix.windows.size)
    const attic = [...mix.windows.keys()].filter(key => key.startsWith('attic'))
    const letters = await until('dead letters', async () => {
      const all = await job.deadLetters()
      return all.length > 0 && all
    })
    expect(letters.every(({ reason }) => reason.includes('test:too-warm, the attic is closed'))).toBe(true)
    expect(attic.length).toBeGreaterThan(0)
    await sender.delivered()
  })

  peerTest('multicast: each job gets all, each receiver of its results too', peers, async () => {
    const { url } = await router()
    const mix = mixOf({ count: 600, stepMs })
    const listeners = [await collector(url, 'multicast/results'), await collector(url, 'multicast/results')]
    const env = { READINGS: 'multicast/readings' }
    const jobs = [await started(url, { ...env, RESULTS: 'multicast/results' }), await started(url, { ...env, RESULTS: 'others' })]
    const others = await collector(url, 'others')
    for (const job of jobs) await running(job)
    const sender = await device(url, 'multicast/readings')
    sender.send([...mix.readings, closing(600, stepMs)])
    for (const one of [...listeners, others]) {
      await until('all windows', () => one.rows.size >= mix.windows.size)
      expect(sorted(windowsOf(one.rows.values()))).toEqual(sorted(mix.windows))
    }
    await sender.delivered()
    expect(sender.outcomes).toMatchObject({ accepted: 601, rejected: 0 })
  })

  peerTest('balanced: two jobs share the readings, none twice', peers, async () => {
    const { url } = await router()
    const mix = mixOf({ count: 600, stepMs })
    const results = [await collector(url, 'left'), await collector(url, 'right')]
    const jobs = [await started(url, { RESULTS: 'left' }), await started(url, { RESULTS: 'right' })]
    for (const job of jobs) await running(job)
    const sender = await device(url)
    sender.send(mix.readings)
    await sender.delivered()
    sender.send([closing(600, stepMs), closing(601, stepMs)])
    const ids = () => results.map(one => [...windowsOf(one.rows.values()).values()].flat())
    await until('all identities', () => ids().flat().length >= 600)
    const [left, right] = ids()
    expect([...left!, ...right!].sort()).toEqual(mix.readings.map(({ id }) => id).sort())
    expect(Math.min(left!.length, right!.length)).toBeGreaterThan(100)
  })
})
