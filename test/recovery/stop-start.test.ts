import { describe, expect, test } from 'vitest'
import { startBrokerProcess } from '../interop/broker-process.js'
import { Collector } from '../interop/collector.js'
import { Device } from '../interop/device.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { closing, mixOf, sorted, windowsOf } from '../interop/readings.js'
import { RunningJob } from '../interop/running-job.js'
import { startArtemis } from '../peers/artemis.js'
import { artemisAvailable } from '../peers/available.js'
import { until } from '../support/until.js'

const opened = disposals()
const rounds = 3
const stepMs = 5
const count = 16_000
/** Readings handed to the device every 20 ms: 2,000 a second. */
const burst = 40
const surge = 1_000

/** SIGTERM under load and a new start, three times: nothing is lost, nothing repeated, windows open at a stop complete. */
async function stopsAndStarts(url: string): Promise<void> {
  const env = { MILLRACE_AMQP_URL: url }
  const collector = opened(new Collector(url, 'results', { kind: 'queue' }), it => it.close())
  const device = opened(new Device(url, 'readings', 'queue'), it => it.close())
  await until('attached', () => device.attached && collector.attached)
  const mix = mixOf({ count, stepMs, mixed: true })
  const { readings } = mix
  let job = opened(await RunningJob.start({ env }), it => it.dispose())
  let given = 0
  let limit = 0
  const give = (most: number): void => {
    device.send(readings.slice(given, given + most))
    given = Math.min(given + most, readings.length)
  }
  const load = setInterval(() => give(Math.max(0, Math.min(burst, limit - given))), 20)
  opened(load, async () => clearInterval(load))
  for (let round = 1; round <= rounds; round++) {
    limit = Math.floor((readings.length * round) / (rounds + 1))
    const { counts } = await until(`the load of round ${round}`, async () => {
      const summary = await job.summary()
      return summary.counts.received >= limit * 0.8 && summary
    })
    const open = (await job.graph()).nodes.find(({ id }) => id === 'windows')!.detail
    // Ten seconds of data are open in windows, or the round would prove nothing.
    expect(open).toMatch(/[1-9]\d* keys/)
    // The stop comes amid a surge, and the load goes on while the job is away.
    give(surge)
    limit += surge * 2
    const ended = await job.stop()
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).not.toMatch(/MR414/)
    job = opened(await RunningJob.start({ env, home: job.home }), it => it.dispose())
    await until('going on from the snapshot', async () => (await job.summary()).counts.received >= counts.received)
  }
  limit = readings.length
  await until('the load is given', () => given === readings.length)
  await device.delivered()
  device.send([closing(count, stepMs)])
  await device.delivered()
  await until('all windows at the sink', () => collector.rows.size >= mix.windows.size)
  expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(mix.windows))
  expect(collector.repeats).toBe(0)
  expect(sorted(windowsOf(await job.rows()))).toEqual(sorted(mix.windows))
  const { late, duplicate, deadLettered } = mix
  expect((await job.summary()).counts).toMatchObject({
    received: readings.length + 1,
    counted: mix.counted + 1,
    late,
    duplicate,
    deadLettered,
  })
}

describe('SIGTERM under load, and a new start', () => {
  test('against `millrace broker` in another process', async () => {
    const broker = opened(await startBrokerProcess(), it => it.stop())
    await stopsAndStarts(broker.url)
  }, 90_000)

  peerTest('against Artemis', [artemisAvailable()], async () => {
    const artemis = opened(await startArtemis(), it => it.stop())
    await stopsAndStarts(artemis.url)
  })
})
