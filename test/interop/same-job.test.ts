import { describe, expect, test } from 'vitest'
import { type Artemis, startArtemis } from '../peers/artemis.js'
import { artemisAvailable, rabbitmqAvailable } from '../peers/available.js'
import { startRabbitMq } from '../peers/rabbitmq.js'
import { until } from '../support/until.js'
import { startBrokerProcess } from './broker-process.js'
import { Collector } from './collector.js'
import { CutProxy } from './cut-proxy.js'
import { Device } from './device.js'
import { disposals } from './disposals.js'
import { peerTest } from './peer-test.js'
import { closing, mixOf, sorted, windowsOf } from './readings.js'
import { RunningJob } from './running-job.js'

const opened = disposals()

const stepMs = 20
const mix = mixOf({ count: 1500, stepMs, mixed: true })

/** The unchanged job file against one peer: windows in sink and view, and the counts, are those of the data. */
async function sameResults(url: string): Promise<void> {
  const collector = new Collector(url, 'results', { kind: 'queue' })
  opened(collector, it => it.close())
  await until('collector attached', () => collector.attached)
  const job = await RunningJob.start({ env: { MILLRACE_AMQP_URL: url } })
  opened(job, it => it.dispose())
  const device = new Device(url, 'readings', 'queue')
  opened(device, it => it.close())
  device.send([...mix.readings, closing(1500, stepMs)])
  await device.delivered()
  await until('all windows at the sink', () => collector.rows.size >= mix.windows.size, 20_000)
  expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(mix.windows))
  expect(collector.repeats).toBe(0)
  expect(sorted(windowsOf(await job.rows()))).toEqual(sorted(mix.windows))
  const { late, duplicate, deadLettered } = mix
  const { counts } = await job.summary()
  expect(counts).toMatchObject({ received: mix.readings.length + 1, counted: mix.counted + 1, late, duplicate, deadLettered, skipped: 0 })
  const ended = await job.stop()
  expect(ended.code, ended.stderr).toBe(0)
}

describe('the same unchanged job', () => {
  test('against the embedded node in another process', async () => {
    const broker = await startBrokerProcess()
    opened(broker, it => it.stop())
    await sameResults(broker.url)
  })

  peerTest('against Artemis', [artemisAvailable()], async () => {
    const artemis: Artemis = await startArtemis()
    opened(artemis, it => it.stop())
    await sameResults(artemis.url)
    await queuesOfItsOwn(artemis.url)
    await durableSubscription(artemis)
  })

  peerTest('against RabbitMQ with its AMQP 1.0 plugin', [rabbitmqAvailable()], async () => {
    const rabbitmq = await startRabbitMq()
    opened(rabbitmq, it => it.stop())
    await sameResults(rabbitmq.url)
  })
})

/** Where it says `kind: 'queue'`, the attach makes a queue that keeps what comes while the other side is not there. */
async function queuesOfItsOwn(url: string): Promise<void> {
  const device = opened(new Device(url, 'early', 'queue'), it => it.close())
  device.send([...mix.readings, closing(1500, stepMs)])
  await device.delivered()
  const job = opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: url, READINGS: 'early', RESULTS: 'kept' } }), it => it.dispose())
  await until('all received', async () => (await job.summary()).counts.received === mix.readings.length + 1)
  // A graceful stop waits until the sink has acknowledged everything.
  const ended = await job.stop()
  expect(ended.code, ended.stderr).toBe(0)
  const collector = opened(new Collector(url, 'kept', { kind: 'queue' }), it => it.close())
  await until('what waited for a reader', () => collector.rows.size >= mix.windows.size)
  expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(mix.windows))
}

/** A multicast address with a durable subscription keeps what comes while the job is away, by a cut or by a stop. */
async function durableSubscription(artemis: Artemis): Promise<void> {
  const parts = [0, 1, 2].map(part => mixOf({ from: part * 300, count: 300, stepMs, prefix: 's' }))
  const proxy = await CutProxy.start(artemis.port)
  opened(proxy, it => it.close())
  const env = {
    MILLRACE_AMQP_URL: `amqp://${artemis.user}:${artemis.password}@127.0.0.1:${proxy.port}`,
    READINGS: 'news',
    RESULTS: 'digest',
  }
  const collector = new Collector(artemis.url, 'digest', { kind: 'queue' })
  opened(collector, it => it.close())
  const first = await RunningJob.start({ job: 'interop/subscription', env })
  opened(first, it => it.dispose())
  const connected = (job: RunningJob) => until('subscribed', async () => (await job.summary()).state === 'running')
  await connected(first)
  const device = new Device(artemis.url, 'news', 'topic')
  opened(device, it => it.close())
  device.send(parts[0]!.readings)
  await until('the first part', async () => (await first.summary()).counts.received === 300)
  proxy.cut()
  device.send(parts[1]!.readings)
  await device.delivered()
  proxy.open()
  await until('what came during the cut', async () => (await first.summary()).counts.counted === 600)
  const ended = await first.stop()
  expect(ended.code, ended.stderr).toBe(0)
  device.send([...parts[2]!.readings, closing(900, stepMs)])
  await device.delivered()
  const second = await RunningJob.start({ job: 'interop/subscription', env, home: first.home })
  opened(second, it => it.dispose())
  const all = mixOf({ count: 900, stepMs, prefix: 's' })
  await until('all windows', () => collector.rows.size >= all.windows.size)
  expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(all.windows))
}
