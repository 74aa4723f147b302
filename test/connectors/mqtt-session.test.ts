import { describe, expect, test } from 'vitest'
import { mqtt } from '../../connectors/mqtt/index.js'
import { json } from '../../src/codecs/json.js'
import type { Chunk } from '../../src/model/chunk.js'
import { integer, schema } from '../../src/model/fields.js'
import type { TimeSource } from '../../src/model/seams.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { RunningJob } from '../interop/running-job.js'
import { mosquittoAvailable } from '../peers/available.js'
import { type Mosquitto, startMosquitto } from '../peers/mosquitto.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { publish } from './mqtt-publisher.js'
import { admits, ScriptedBroker } from './scripted-broker.js'

const opened = disposals()

describe('what the journal notes of a session', () => {
  const decode = json(schema({ n: integer() }))

  /** A broker that has the session of connections from `keeps` on. */
  const brokered = async (keeps = Number.POSITIVE_INFINITY) =>
    opened(
      await ScriptedBroker.start(5, (packet, connection) =>
        packet.cmd === 'connect' ? admits({ sessionPresent: connection >= keeps }) : undefined,
      ),
      it => it.close(),
    )

  /** A reader in a job with a journal, which held this position of it. */
  const reading = async (
    broker: ScriptedBroker,
    position?: string,
    options: { readonly clean?: boolean; readonly version?: 4 | 5 } = {},
    time: TimeSource = systemTime,
  ) => {
    const context = connectorContext({ journal: 'j1', positions: new Map(position === undefined ? [] : [[0, position]]), time })
    const source = mqtt({ url: broker.url, topic: 'rooms/a', clientId: 'me', decode, ...options })
    const reader = opened(await source.open(context), it => it.close('release'))
    const lost = () => context.lines.filter(({ fields }) => fields['code'] === 'MR324').length
    return { reader, lost }
  }
  const subscribes = (broker: ScriptedBroker) => broker.heard.filter(({ cmd }) => cmd === 'subscribe').length
  const noted = { session: 'me' }

  test('is durable before anything is subscribed to', async () => {
    const broker = await brokered()
    const { reader, lost } = await reading(broker)
    const note = (await reader.next()) as Chunk
    expect(note.length).toBe(0)
    expect(JSON.parse(note.position!)).toEqual(noted)
    const { detail, connected } = reader.status()
    expect({ detail, connected }).toEqual({ detail: expect.stringContaining('waits until the journal'), connected: false })
    // The broker answers in order: what was sent before this would be here.
    expect(subscribes(broker)).toBe(0)
    reader.settle(note.receipt)
    await until('it is subscribed', () => reader.status().connected)
    expect(subscribes(broker)).toBe(1)
    expect(lost()).toBe(0)
  })

  test('is written once: what stands in the journal is subscribed to at once', async () => {
    const broker = await brokered(1)
    const { reader, lost } = await reading(broker, JSON.stringify(noted))
    await until('it is subscribed', () => reader.status().connected)
    expect(lost()).toBe(0)
    expect(reader.status().lost).toBeUndefined()
  })

  test('makes a session that went while the process was away MR324, whatever became of the subscription', async () => {
    const broker = await brokered()
    const { reader, lost } = await reading(broker, JSON.stringify(noted))
    const note = (await reader.next())!
    expect(lost()).toBe(1)
    const { times, at } = reader.status().lost!
    expect(times).toBe(1)
    expect(JSON.parse(note.position!)).toEqual({ ...noted, lost: 1, at })
    // A connection that is cut before it came to a subscription loses nothing further.
    await until('it keeps nothing there', () => reader.status().detail.includes('waits until the journal'))
    broker.cut()
    await until('it is back', () => broker.connections === 3)
    reader.settle(note.receipt)
    await until('it is subscribed', () => reader.status().connected)
    expect(lost()).toBe(1)
    expect(reader.status().lost?.times).toBe(1)
    // While the journal does not know of the loss, the broker keeps no session.
    const terms = broker.heard.flatMap(packet => (packet.cmd === 'connect' ? [packet.clean] : []))
    expect(terms).toEqual([false, true, true, false])
    expect(reader.status().reconnects).toBe(1)
  })

  test.each([5, 4] as const)(
    'MQTT %i: makes it MR324 at the next start where this process died before the journal had it',
    async version => {
      const sessions = new Set<string>()
      const broker = opened(
        await ScriptedBroker.start(version, packet => {
          if (packet.cmd !== 'connect') return undefined
          const sessionPresent = !packet.clean && sessions.has(packet.clientId)
          if (packet.clean) sessions.delete(packet.clientId)
          else sessions.add(packet.clientId)
          return admits({ sessionPresent })
        }),
        it => it.close(),
      )
      const died = await reading(broker, JSON.stringify(noted), { version })
      await until('it keeps nothing there', () => died.reader.status().detail.includes('waits until the journal'))
      expect(died.lost()).toBe(1)
      // Its note was never taken: what the next start knows is what stood there before.
      await died.reader.close('release')
      const next = await reading(broker, JSON.stringify(noted), { version })
      const note = (await next.reader.next())!
      expect(next.lost()).toBe(1)
      next.reader.settle(note.receipt)
      await until('it is subscribed', () => next.reader.status().connected)
      expect(sessions).toEqual(new Set(['me']))
      const third = await reading(broker, note.position, { version })
      await until('it is subscribed', () => third.reader.status().connected)
      expect(third.lost()).toBe(0)
      expect(third.reader.status().lost?.times).toBe(1)
    },
  )

  test('is waited for, but not for ever: what the broker would not keep meanwhile is the greater loss', async () => {
    const broker = await brokered()
    const time = virtualTime(0)
    const { reader } = await reading(broker, JSON.stringify(noted), {}, time)
    await until('it waits', () => reader.status().detail.includes('waits until the journal'))
    await time.advance(4_900)
    expect(reader.status().detail).toContain('waits until the journal')
    await time.advance(200)
    await until('it is subscribed', () => reader.status().connected)
    // The job takes it at last; nothing is subscribed to twice.
    reader.settle((await reader.next())!.receipt)
    broker.send({ cmd: 'publish', topic: 'rooms/a', payload: '{"n":1}', qos: 1, messageId: 1, dup: false, retain: false })
    expect((await reader.next())!.length).toBe(1)
    expect(subscribes(broker)).toBe(1)
  })

  test('of a loss stays, and is counted up by the next', async () => {
    const broker = await brokered()
    const { reader } = await reading(broker, JSON.stringify({ ...noted, lost: 3, at: 1_700_000_000_000 }))
    expect(reader.status().lost).toEqual({ times: 3, at: 1_700_000_000_000 })
    reader.settle((await reader.next())!.receipt)
    await until('it is subscribed', () => reader.status().connected)
    expect(reader.status().detail).toContain('its session was lost at the broker 4 times, the last noticed at ')
  })

  test('is nothing where no session is asked for', async () => {
    const broker = await brokered()
    const { reader, lost } = await reading(broker, JSON.stringify(noted), { clean: true })
    await until('it is subscribed', () => reader.status().connected)
    expect(lost()).toBe(0)
  })
})

describe('a session that Mosquitto loses', () => {
  const running = async (broker: Mosquitto, version: 4 | 5, home?: string): Promise<RunningJob> => {
    const options = { job: 'connectors/mqtt', env: { MILLRACE_MQTT_URL: broker.url, MQTT_VERSION: `${version}` } }
    return opened(await RunningJob.start(home === undefined ? options : { ...options, home }), it => it.dispose())
  }
  const detailOf = async (life: RunningJob) => (await life.graph()).nodes.find(({ id }) => id === 'readings')!.detail
  const subscribed = (life: RunningJob) => until('it is subscribed', async () => (await detailOf(life)).startsWith('subscribed'))
  const ofView = async (life: RunningJob) => (await life.summary()).guarantee.sinks!.find(({ sink }) => sink === 'windows')!
  const site = 'plant/kitchen/readings'
  const reading = (id: string, at: number) => JSON.stringify({ id, room: 'a', celsius: 20, at })

  /** Label, reason, attention, metrics and node say it, once. */
  async function tells(life: RunningJob): Promise<void> {
    const words = "what the peer of 'readings' kept for it was lost there, noticed at "
    const { guarantee, attention } = await life.summary()
    expect(await ofView(life)).toMatchObject({ level: 'at-most-once', label: expect.stringContaining(words) })
    // Its other sink may publish a row twice besides.
    expect(guarantee.level).toBe('none')
    expect(guarantee.why[0]).toContain(words)
    expect(attention.join()).toContain('Messages of readings may be missing')
    expect(await detailOf(life)).toContain('its session was lost at the broker once, noticed at ')
    expect(await life.metrics()).toContain('millrace_source_losses_total{job="mqtt",source="readings"} 1')
  }

  for (const version of [5, 4] as const) {
    const name = version === 5 ? 'MQTT 5' : 'MQTT 3.1.1'

    peerTest(
      `while the job was down, killed right after its first subscription, ${name}: it is told at the next start and stands`,
      [mosquittoAvailable()],
      async () => {
        const broker = opened(await startMosquitto({ persistent: false }), it => it.stop())
        let life = await running(broker, version)
        await subscribed(life)
        await life.kill()
        await publish(broker.url, site, [reading('gone', 1_000)], { qos: 1 })
        await broker.restart('kill')
        life = await running(broker, version, life.home)
        await subscribed(life)
        await tells(life)
        // It reads on, and a further start, which finds its session, knows it still and counts nothing.
        await publish(broker.url, site, [reading('here', 2_000)], { qos: 1 })
        await until('it is read', async () => (await life.summary()).counts.received === 1)
        const first = await life.stop()
        expect(first.stderr).toMatch(/the session 'millrace\.mqtt\.readings' was lost at the broker.*MR324/)
        life = await running(broker, version, life.home)
        await subscribed(life)
        await tells(life)
        expect((await life.stop()).stderr).not.toContain('MR324')
      },
    )

    peerTest(
      `while the job was down, ${name}: it is told, too, where the next start dies before it took note of it`,
      [mosquittoAvailable()],
      async () => {
        const broker = opened(await startMosquitto({ persistent: false }), it => it.stop())
        const position = JSON.stringify({ session: 'me' })
        const begun = async () => {
          const context = connectorContext({ journal: 'j1', positions: new Map([[0, position]]) })
          const source = mqtt({ url: broker.url, topic: 'rooms/a', clientId: 'me', version, decode: json(schema({ n: integer() })) })
          const reader = opened(await source.open(context), it => it.close('release'))
          await until('it waits for the journal', () => reader.status().detail.includes('waits until the journal'))
          return { reader, told: context.lines.filter(({ fields }) => fields['code'] === 'MR324').length }
        }
        const first = await begun()
        expect(first.told).toBe(1)
        // As it dies: nothing was given to the journal.
        await first.reader.close('release')
        expect((await begun()).told).toBe(1)
      },
    )

    peerTest(`while the job runs, ${name}: the label falls, and stays so after a crash`, [mosquittoAvailable()], async () => {
      const broker = opened(await startMosquitto({ persistent: false }), it => it.stop())
      let life = await running(broker, version)
      await subscribed(life)
      expect(await ofView(life)).toMatchObject({ level: 'exactly-once' })
      await broker.restart('stop')
      await until('it says so', async () => (await detailOf(life)).includes('its session was lost at the broker once'))
      await tells(life)
      await life.kill()
      life = await running(broker, version, life.home)
      await subscribed(life)
      await tells(life)
    })

    peerTest(
      `and one that it keeps, over a crash of the job and its own restart, ${name}: nothing is said`,
      [mosquittoAvailable()],
      async () => {
        const broker = opened(await startMosquitto(), it => it.stop())
        let life = await running(broker, version)
        await subscribed(life)
        await life.kill()
        await publish(broker.url, site, [reading('kept', 1_000)], { qos: 1 })
        await broker.restart('stop')
        life = await running(broker, version, life.home)
        await until('it is read', async () => (await life.summary()).counts.received === 1)
        expect(await ofView(life)).toMatchObject({ level: 'exactly-once' })
        expect(await life.metrics()).not.toContain('millrace_source_losses_total{')
        expect((await life.stop()).stderr).not.toContain('MR324')
      },
    )
  }
})
