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
const stepMs = 5
const count = 24_000
const kills = 2
/** Readings handed to the device every 20 ms: 3,000 a second. */
const burst = 60

describe('Artemis killed and started again under load', () => {
  peerTest(
    'loses nothing that it accepted, and each identity counts once',
    [artemisAvailable()],
    async () => {
      const artemis = opened(await startArtemis(), it => it.stop())
      const job = opened(await RunningJob.start({ env: { MILLRACE_AMQP_URL: artemis.url } }), it => it.dispose())
      const collector = opened(new Collector(artemis.url, 'results', { kind: 'queue' }), it => it.close())
      const device = opened(new Device(artemis.url, 'readings', 'queue'), it => it.close())
      await until('attached', () => device.attached && collector.attached)
      const mix = mixOf({ count, stepMs })
      let given = 0
      const load = setInterval(() => {
        device.send(mix.readings.slice(given, given + burst))
        given += burst
        if (given >= count) clearInterval(load)
      }, 20)
      try {
        for (let kill = 1; kill <= kills; kill++) {
          const part = (count * kill) / (kills + 2)
          await until(`the load before kill ${kill}`, () => given > part && device.accepted.size > part / 2, 60_000)
          await artemis.restart('kill')
        }
        await until('the load is given', () => given >= count, 60_000)
        await device.delivered(60_000)
        device.send([closing(count, stepMs)])
        await device.delivered()
        await until('all windows at the sink', () => collector.rows.size >= mix.windows.size, 60_000)
        expect(device.accepted.size).toBe(count + 1)
        // Compared as sets of identities: nothing is missing, nothing counts twice.
        expect(sorted(windowsOf(collector.rows.values()))).toEqual(sorted(mix.windows))
        expect(sorted(windowsOf(await job.rows()))).toEqual(sorted(mix.windows))
        const { counts, state } = await job.summary()
        expect(state).toBe('running')
        expect(counts).toMatchObject({ counted: count + 1, late: 0, deadLettered: 0 })
        // What came again, from the broker or from the device, was recognised.
        expect(counts.received).toBe(counts.counted + counts.duplicate)
        // Under load there was something in flight at a kill, or the test would prove nothing.
        expect(device.resent + counts.duplicate).toBeGreaterThan(0)
        const dead = opened(new Collector(artemis.url, 'DLQ'), it => it.close())
        await until('DLQ attached', () => dead.attached)
        const last = opened(new Device(artemis.url, 'DLQ'), it => it.close())
        last.send([{ id: 'last', body: '{}' }])
        // It is first in the queue: nothing was there before it.
        await until('the only message', () => dead.rows.size > 0)
        expect([...dead.rows.keys()]).toEqual(['last'])
      } finally {
        clearInterval(load)
      }
    },
    180_000,
  )
})
