import type { MqttClient } from 'mqtt'
import { describe, expect } from 'vitest'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { closing, type Mix, mixOf, type Reading, sorted, windowsOf } from '../interop/readings.js'
import { RunningJob } from '../interop/running-job.js'
import { mosquittoAvailable } from '../peers/available.js'
import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../peers/mosquitto.js'
import { until } from '../support/until.js'
import { client, publish } from './mqtt-publisher.js'

const opened = disposals()
const site = 'küche-1'
const job = 'connectors/mqtt'
type Row = Readonly<Record<string, unknown>>

const brokered = async (options?: MosquittoOptions): Promise<Mosquitto> => opened(await startMosquitto(options), it => it.stop())

const running = async (broker: Mosquitto, env: Record<string, string> = {}, home?: string): Promise<RunningJob> => {
  const options = { job, env: { MILLRACE_MQTT_URL: broker.url, ...env } }
  return opened(await RunningJob.start(home === undefined ? options : { ...options, home }), it => it.dispose())
}

/** What the sink has published, by id; `repeats` came more than once, `changed` with another content. */
class Results {
  readonly rows = new Map<string, Row>()
  repeats = 0
  changed = 0

  take(id: string, row: Row): void {
    const known = this.rows.get(id)
    if (known) this.repeats++
    if (known && JSON.stringify(known) !== JSON.stringify(row)) this.changed++
    this.rows.set(id, row)
  }
}

async function results(broker: Mosquitto): Promise<Results> {
  const taken = new Results()
  const reader = opened(await client(broker.url), it => it.endAsync(true))
  reader.on('message', (_topic, payload, { properties }) => {
    const row = JSON.parse(payload.toString()) as Row
    // In 3.1.1 a message has no place for the id: the window names the row.
    const id = properties?.userProperties?.['millrace-id']
    taken.take(typeof id === 'string' ? id : `${row['room']} ${row['window_start']}`, row)
  })
  await reader.subscribeAsync('results/#', { qos: 2 })
  return taken
}

/** A device that publishes as fast as it is let, with a few on their way. */
class Sender {
  readonly #device: MqttClient
  readonly #qos: 1 | 2
  #open = 0
  failures = 0

  constructor(device: MqttClient, qos: 1 | 2) {
    this.#device = device
    this.#qos = qos
  }

  async send(readings: readonly Reading[]): Promise<void> {
    for (const { body } of readings) {
      while (this.#open >= 15) await new Promise(resolve => setTimeout(resolve, 1))
      this.#open++
      this.#device
        .publishAsync(`plant/${site}/readings`, body, { qos: this.#qos })
        .catch(() => this.failures++)
        .finally(() => this.#open--)
    }
  }

  /** The broker holds everything. */
  async settled(): Promise<void> {
    await until('the broker has everything', () => this.#open === 0)
    expect(this.failures).toBe(0)
  }
}

const sender = async (broker: Mosquitto, qos: 1 | 2): Promise<Sender> =>
  new Sender(
    opened(await client(broker.url, { clean: false, clientId: 'device' }), it => it.endAsync(true)),
    qos,
  )

const stepMs = 2

/** What the source says of itself. */
const source = async (life: RunningJob): Promise<string> => (await life.graph()).nodes.find(({ id }) => id === 'readings')!.detail
const subscribed = (life: RunningJob) => until('it is subscribed', async () => (await source(life)).startsWith('subscribed'))
const expectAll = (rows: Iterable<Row>, mix: Mix): void => expect(sorted(windowsOf(rows))).toEqual(sorted(mix.windows))

describe('a job that reads from Mosquitto and writes to it', () => {
  for (const [version, qos] of [
    ['5', 1],
    ['4', 2],
  ] as const)
    peerTest(
      `killed three times, MQTT ${version === '5' ? '5' : '3.1.1'} with QoS ${qos}: every id counts once`,
      [mosquittoAvailable()],
      async () => {
        const broker = await brokered({ lines: ['max_inflight_messages 20'] })
        const env = { MQTT_VERSION: version, MQTT_QOS: `${qos}` }
        const out = await results(broker)
        const device = await sender(broker, qos)
        const mix = mixOf({ count: 3_000, stepMs })
        let life = await running(broker, env)
        await subscribed(life)
        const quarter = mix.readings.length / 4
        for (let kill = 0; kill < 3; kill++) {
          const before = (await life.summary()).counts.received
          const sending = device.send(mix.readings.slice(kill * quarter, (kill + 1) * quarter))
          await until('it reads', async () => (await life.summary()).counts.received > before + quarter / 3)
          await life.kill()
          await sending
          life = await running(broker, env, life.home)
        }
        await device.send([...mix.readings.slice(3 * quarter), closing(3_000, stepMs)])
        await device.settled()
        await until('all results are there', () => out.rows.size >= mix.windows.size)
        expectAll(await life.rows(), mix)
        expectAll(out.rows.values(), mix)
        expect(out.changed).toBe(0)
        const { label } = (await life.summary()).guarantee
        expect(label).toMatch(/^at least once/)
        const ended = await life.stop()
        expect(ended.code, ended.stderr).toBe(0)
      },
    )

  peerTest('goes on over a restart of the broker that keeps its sessions, and loses nothing', [mosquittoAvailable()], async () => {
    const broker = await brokered({ lines: ['max_inflight_messages 20'] })
    const out = await results(broker)
    const device = await sender(broker, 1)
    const mix = mixOf({ count: 2_000, stepMs })
    const life = await running(broker)
    await subscribed(life)
    const sending = device.send([...mix.readings, closing(2_000, stepMs)])
    await until('it reads', async () => (await life.summary()).counts.received > 500)
    await broker.halt('stop')
    await until('it says that the broker is away', async () => !(await source(life)).startsWith('subscribed'))
    await broker.start()
    await sending
    await device.settled()
    await until('all windows are there', async () => (await life.rows()).length >= mix.windows.size)
    expectAll(await life.rows(), mix)
    await until('all results are there', () => out.rows.size >= mix.windows.size)
    expectAll(out.rows.values(), mix)
    const ended = await life.stop()
    expect(ended.stderr).not.toContain('MR324')
  })

  peerTest('two processes in one group divide the messages: each is counted by one of them', [mosquittoAvailable()], async () => {
    const broker = await brokered()
    const lives = await Promise.all(['one', 'two'].map(name => running(broker, { MQTT_SHARE: 'group', MQTT_CLIENT: name })))
    for (const life of lives) await subscribed(life)
    const device = await sender(broker, 1)
    const mix = mixOf({ count: 2_000, stepMs })
    await device.send(mix.readings)
    // One message closes the windows of one process: several, so that both have some.
    await device.send(Array.from({ length: 20 }, (_, i) => closing(10_000_000 + i, stepMs)))
    await device.settled()
    const received = async () => (await Promise.all(lives.map(life => life.summary()))).map(({ counts }) => counts.received)
    await until('all is received', async () => (await received()).reduce((sum, n) => sum + n, 0) >= 2_020)
    expect((await received()).every(n => n > 500)).toBe(true)
    const ids = async () => (await Promise.all(lives.map(life => life.rows()))).flat().flatMap(row => row['ids'] as string[])
    await until('all windows are closed', async () => (await ids()).length >= 2_000)
    expect((await ids()).filter(id => id.startsWith('r-')).sort()).toEqual(mix.readings.map(({ id }) => id).sort())
  })

  peerTest(
    'says whom it suspects when another client of the same id ends its connection again and again',
    [mosquittoAvailable()],
    async () => {
      const broker = await brokered()
      const life = await running(broker, { MQTT_CLIENT: 'the-same' })
      await subscribed(life)
      opened(await client(broker.url, { clientId: 'the-same', reconnectPeriod: 20 }), it => it.endAsync(true))
      const words = "perhaps another client connects under the client id 'the-same' as well"
      await until('it says so', async () => (await source(life)).includes(words))
      expect((await life.stop()).stderr).toContain(words)
    },
  )

  for (const version of ['5', '4'])
    peerTest(
      `keeps of a message that is larger than the limit what it may among the dead letters, MQTT ${version === '5' ? '5' : '3.1.1'}`,
      [mosquittoAvailable()],
      async () => {
        const broker = await brokered()
        const life = await running(broker, { MQTT_VERSION: version, MQTT_MOST: '10000' })
        await subscribed(life)
        const body = (id: string, at: number, note = '') => JSON.stringify({ id, room: 'a', celsius: 20, at, note })
        const bodies = [body('one', 1), body('large', 2, 'x'.repeat(50_000)), body('vast', 3, 'y'.repeat(5_000_000)), body('two', 4)]
        await publish(broker.url, `plant/${site}/readings`, bodies, { qos: 1 })
        await until('all are taken in', async () => {
          const { received, deadLettered } = (await life.summary()).counts
          return received === 4 && deadLettered === 2
        })
        expect((await life.summary()).counts).toMatchObject({ received: 4, counted: 2, deadLettered: 2 })
        const [vast, large] = await until('both are kept', async () => {
          const letters = await life.deadLetters()
          return letters.length === 2 && letters
        })
        expect(large).toMatchObject({ code: 'MR210', reason: expect.stringContaining('the source takes 10,000 bytes') })
        expect(large!.sample.startsWith('{"id":"large"')).toBe(true)
        expect(large!.size).toBeGreaterThan(50_000)
        expect(vast).toMatchObject({ code: 'MR210', reason: expect.stringContaining('its first 1,048,576 bytes are kept') })
        expect(vast!.size).toBeLessThan(1_100_000)
        await until('all are acknowledged', async () => (await source(life)).includes(', 0 messages not acknowledged'))
        await life.kill()
        // A next start is given none of them again, only what comes behind them.
        const next = await running(broker, { MQTT_VERSION: version, MQTT_MOST: '10000' }, life.home)
        await subscribed(next)
        await publish(broker.url, `plant/${site}/readings`, [body('three', 5)], { qos: 1 })
        await until('one more is counted', async () => (await next.summary()).counts.counted === 3)
        expect((await next.summary()).counts).toMatchObject({ received: 5, duplicate: 0, deadLettered: 2 })
        expect(await next.deadLetters()).toHaveLength(2)
        await next.stop()
        // Under a limit that the larger one fits, what is kept whole can be retried, and of the rest it is said that it cannot.
        const wider = await running(broker, { MQTT_VERSION: version, MQTT_MOST: '100000000' }, life.home)
        await subscribed(wider)
        expect(await wider.retry(large!.id)).not.toHaveProperty('refusedAgain')
        await until('it is counted', async () => (await wider.summary()).counts.counted === 4)
        expect(vast!.retryable).toBeUndefined()
        expect(vast!.reason).toContain('so it cannot be retried')
        await expect(wider.retry(vast!.id)).rejects.toThrow(/MR472.*only the beginning/s)
      },
    )

  peerTest('says that its session is gone when a broker that keeps it in memory was started again', [mosquittoAvailable()], async () => {
    const broker = await brokered({ persistent: false })
    const life = await running(broker)
    await subscribed(life)
    await broker.restart('stop')
    await until('it says so', async () => (await source(life)).includes('its session was lost at the broker once'))
    const { stderr } = await life.stop()
    expect(stderr).toMatch(/the session 'millrace\.mqtt\.readings' was lost at the broker.*MR324/)
    // An end in order is no loss of a connection.
    expect(stderr.slice(stderr.indexOf('stopping'))).not.toContain('lost')
  })
})
