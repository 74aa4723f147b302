import { describe, expect } from 'vitest'
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
const seconds = 10
const perSecond = 6_000
const stepMs = 5

describe('a mixed load from Artemis', () => {
  peerTest(`of ${perSecond} messages a second is accounted for, message by message`, [artemisAvailable()], async () => {
    const artemis = opened(await startArtemis(), it => it.stop())
    const dead = opened(new Collector(artemis.url, 'DLQ', { kind: 'queue' }), it => it.close())
    const collector = opened(new Collector(artemis.url, 'results', { kind: 'queue' }), it => it.close())
    const device = opened(new Device(artemis.url, 'readings', 'queue'), it => it.close())
    await until('attached', () => device.attached && collector.attached && dead.attached)
    const job = opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: artemis.url } }), it => it.dispose())
    const count = seconds * perSecond
    const mix = mixOf({ count, stepMs, mixed: true })
    const { readings } = mix
    const began = performance.now()
    let given = 0
    const load = setInterval(() => {
      const due = Math.min(readings.length, Math.floor(((performance.now() - began) / 1000) * perSecond))
      device.send(readings.slice(given, due))
      given = due
      if (given === readings.length) clearInterval(load)
    }, 10)
    opened(load, async () => clearInterval(load))
    await until('the load is given', () => given === readings.length)
    await device.delivered()
    device.send([closing(count, stepMs)])
    await device.delivered()
    await until('all windows at the sink', () => collector.rows.size >= mix.windows.size)
    const { counts } = await job.summary()
    expect(counts.received).toBe(counts.counted + counts.late + counts.duplicate + counts.deadLettered)
    const { late, duplicate, deadLettered } = mix
    expect(counts).toMatchObject({
      received: readings.length + 1,
      counted: mix.counted + 1,
      late,
      duplicate,
      deadLettered,
      skipped: 0,
      waiting: 0,
    })
    expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(mix.windows))
    expect(collector.repeats).toBe(0)
    expect((await job.stop()).code).toBe(0)
    // Poison is ours to keep: none of it went to the broker's dead letters, and no good message either.
    expect(dead.rows.size).toBe(0)
  })
})
