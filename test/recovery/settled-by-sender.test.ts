import { expect, test } from 'vitest'
import { feed, startPeer } from '../amqp/peer.js'
import { publish } from '../connectors/mqtt-publisher.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { RunningJob } from '../interop/running-job.js'
import { mosquittoAvailable } from '../peers/available.js'
import { startMosquitto } from '../peers/mosquitto.js'
import { until } from '../support/until.js'

const opened = disposals()
const reading = (id: string, at: number): string => JSON.stringify({ room: 'a', id, celsius: 20, at })
const words = "some messages of 'readings' were settled before they arrived"

/** The label of the view, and whether the job says how many came settled. */
async function labelOf(life: RunningJob, settled: number): Promise<{ readonly level: string | undefined; readonly counted: boolean }> {
  const { guarantee } = await life.summary()
  return {
    level: guarantee.sinks?.find(({ sink }) => sink === 'windows')?.level,
    counted: guarantee.why.some(why => why.startsWith(`${words} (${settled} so far)`)),
  }
}

/** What came is in the journal, and nothing else is under way. */
const taken = (life: RunningJob, count: number) =>
  until(`${count} are taken`, async () => {
    const { counts, journal } = await life.summary()
    return counts.received === count && journal!.unsynced === 0
  })

test('messages that their AMQP sender had settled lower the label, also after a kill and after a stop', async () => {
  const peer = opened(await startPeer(), it => it.close())
  const given = [reading('a', 1_000), reading('b', 1_001), reading('c', 1_002)]
  let next: readonly string[] = []
  peer.on('sender_open', context => {
    ;(context.sender.local.attach as unknown as { snd_settle_mode: number }).snd_settle_mode = 1
    feed(context.sender, next, new Map())
    next = []
  })
  const env = { MILLRACE_AMQP_URL: peer.url }
  let life = opened(await RunningJob.start({ env }), it => it.dispose())
  await until('attached', async () => (await life.summary()).state === 'running')
  expect(await labelOf(life, 0)).toEqual({ level: 'exactly-once', counted: false })
  await life.kill()
  next = given
  life = opened(await RunningJob.start({ env, home: life.home }), it => it.dispose())
  await taken(life, 3)
  expect(await labelOf(life, 3)).toEqual({ level: 'at-most-once', counted: true })
  await life.kill()
  // Out of the journal.
  life = opened(await RunningJob.start({ env, home: life.home }), it => it.dispose())
  await taken(life, 3)
  expect(await labelOf(life, 3)).toEqual({ level: 'at-most-once', counted: true })
  await life.stop()
  // Out of the snapshot of that stop, and on from there.
  next = [reading('d', 1_003)]
  life = opened(await RunningJob.start({ env, home: life.home }), it => it.dispose())
  await taken(life, 4)
  expect(await labelOf(life, 4)).toEqual({ level: 'at-most-once', counted: true })
})

peerTest('messages that came over MQTT with QoS 0 lower the label, also after a kill', [mosquittoAvailable()], async () => {
  const broker = opened(await startMosquitto(), it => it.stop())
  const start = { job: 'connectors/mqtt', env: { MILLRACE_MQTT_URL: broker.url } }
  let life = opened(await RunningJob.start(start), it => it.dispose())
  await until('subscribed', async () => (await life.summary()).state === 'running')
  await publish(broker.url, 'plant/kitchen/readings', [reading('a', 1_000)], { qos: 1 })
  await taken(life, 1)
  expect(await labelOf(life, 0)).toEqual({ level: 'exactly-once', counted: false })
  await publish(broker.url, 'plant/kitchen/readings', [reading('b', 1_001), reading('c', 1_002)], { qos: 0 })
  await taken(life, 3)
  expect(await labelOf(life, 2)).toEqual({ level: 'at-most-once', counted: true })
  await life.kill()
  life = opened(await RunningJob.start({ ...start, home: life.home }), it => it.dispose())
  await taken(life, 3)
  expect(await labelOf(life, 2)).toEqual({ level: 'at-most-once', counted: true })
})
