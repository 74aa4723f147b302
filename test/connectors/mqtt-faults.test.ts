import type { Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { mqtt, mqttSink } from '../../connectors/mqtt/index.js'
import { json } from '../../src/codecs/json.js'
import { RefusedRows } from '../../src/connector/refused-rows.js'
import type { SourceReader } from '../../src/connector/source.js'
import { valueAt } from '../../src/model/columns.js'
import { integer, schema } from '../../src/model/fields.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { bodiesOf } from '../../src/testing/connector-bodies.js'
import { suiteBatch, suiteRows } from '../../src/testing/connector-rows.js'
import { failure } from '../../src/testing/connector-writing.js'
import { disposals } from '../interop/disposals.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { admits, type Script, ScriptedBroker } from './scripted-broker.js'

const opened = disposals()
const decode = json(schema({ n: integer() }))
type SourceOptions = Partial<Parameters<typeof mqtt>[0]>
type SinkOptions = Partial<Parameters<typeof mqttSink>[1]>

async function brokered(version: 4 | 5, script?: Script): Promise<ScriptedBroker> {
  return opened(await ScriptedBroker.start(version, script), it => it.close())
}

async function reading(
  broker: ScriptedBroker,
  version: 4 | 5,
  options: SourceOptions = {},
  own: Parameters<typeof connectorContext>[0] = {},
) {
  const context = connectorContext(own)
  const topic = options.topics ? {} : { topic: 'rooms/+room' }
  const source = mqtt({ url: broker.url, version, ...topic, clientId: 'me', decode, ...options })
  const reader = opened(await source.open(context), it => it.close('release'))
  return { context, reader, source }
}

async function writing(broker: ScriptedBroker, version: 4 | 5, options: SinkOptions = {}) {
  const context = connectorContext({ id: 'out' })
  const sink = mqttSink('out', { url: broker.url, version, topic: 'alerts', ...options })
  const writer = opened(await sink.open(context), it => it.close())
  return { context, sink, write: (count: number) => writer.write(suiteBatch(suiteRows(count)), { entry: 1, ordinal: 0 }), writer }
}

const connacks =
  (more: object): Script =>
  packet =>
    packet.cmd === 'connect' ? admits(more) : undefined
const upTo = (reader: SourceReader) => until('it is subscribed', () => reader.status().connected)
const published = (n: number, more: object = {}): Packet => ({
  cmd: 'publish',
  topic: 'rooms/a',
  payload: `{"n":${n}}`,
  qos: 1,
  dup: false,
  retain: false,
  messageId: n + 1,
  ...more,
})

describe('what a broker says when it refuses a connection', () => {
  test.each([
    [4, 1, 'MR323', 'it does not speak MQTT 3.1.1'],
    [4, 2, 'MR321', 'it refuses this client id'],
    [4, 4, 'MR321', 'wrong user or password'],
    [4, 5, 'MR321', 'not authorised'],
    // A broker of 3.1.1 answers MQTT 5 in its own words.
    [5, 1, 'MR323', 'it does not speak MQTT 5 (version: 4 is MQTT 3.1.1)'],
    [5, 0x84, 'MR323', 'it does not speak MQTT 5 (version: 4 is MQTT 3.1.1)'],
    [5, 0x85, 'MR321', 'it refuses this client id'],
    [5, 0x86, 'MR321', 'wrong user or password'],
    [5, 0x8a, 'MR321', 'banned'],
    [5, 0x9b, 'MR326', 'it does not do this QoS'],
  ] as const)('version %i, code %i is %s and stops the job', async (version, returnCode, code, words) => {
    const broker = await brokered(version, connacks({ returnCode, reasonCode: returnCode }))
    const { reader, source, context } = await reading(broker, version, { username: 'device', password: 'canary' })
    const error = await failure(reader.next())
    expect(error).toMatchObject({ code, action: 'stop', message: expect.stringContaining(words) })
    expect(`${error} ${JSON.stringify([reader.status(), context.lines])}`).not.toContain('canary')
    expect(reader.status()).toMatchObject({ connected: false, live: false, error: { code } })
    expect(await source.check(context, 20_000)).toMatchObject([{ ok: false, code, severity: 'error' }])
  })

  test.each([
    [4, 3, 'it is not available'],
    [5, 0x88, 'server unavailable'],
    [5, 0x89, 'server busy'],
    [5, 0x97, 'quota exceeded'],
  ] as const)('version %i, code %i is tried again', async (version, returnCode, words) => {
    const broker = await brokered(version, (packet, connection) =>
      packet.cmd === 'connect' && connection === 1 ? admits({ returnCode, reasonCode: returnCode }) : undefined,
    )
    const { reader, context } = await reading(broker, version)
    await upTo(reader)
    expect(broker.connections).toBe(2)
    expect(context.lines.some(({ message }) => message.includes(words))).toBe(true)
  })
})

describe('what a broker says when it refuses a subscription', () => {
  test.each([
    [4, 0x80, 'refused (0x80)'],
    [5, 0x87, 'not authorised (0x87)'],
    [5, 0x9e, 'there are no shared subscriptions here (0x9e)'],
  ] as const)('version %i, code %i stops the job with MR326', async (version, code, words) => {
    const broker = await brokered(version, packet =>
      packet.cmd === 'subscribe' ? [{ cmd: 'suback', messageId: packet.messageId!, granted: [0, code] }] : undefined,
    )
    const { reader } = await reading(broker, version, { topics: ['a', 'b/+x'] })
    const error = await failure(reader.next())
    expect(error).toMatchObject({ code: 'MR326', action: 'stop', message: `${broker.url} refuses the subscription to 'b/+': ${words}` })
  })

  test('a lower QoS than asked for is said', async () => {
    const broker = await brokered(4, packet =>
      packet.cmd === 'subscribe' ? [{ cmd: 'suback', messageId: packet.messageId!, granted: [0] }] : undefined,
    )
    const { reader, context } = await reading(broker, 4, { qos: 2 })
    await upTo(reader)
    expect(context.lines.some(({ message }) => message.includes('grants QoS 0 for rooms/+, not 2'))).toBe(true)
  })
})

describe('how a connection ends', () => {
  test('taken over by another client of the same id: MR325, at once', async () => {
    const broker = await brokered(5)
    const { reader } = await reading(broker, 5)
    await upTo(reader)
    broker.send({ cmd: 'disconnect', reasonCode: 0x8e })
    expect(await failure(reader.next())).toMatchObject({
      code: 'MR325',
      action: 'stop',
      message: expect.stringContaining('session taken over'),
    })
    expect(broker.connections).toBe(1)
  })

  test('in 3.1.1, which gives no reason, the suspicion is told once it happens again and again', async () => {
    const broker = await brokered(4)
    // By this clock each connection is a short one, however slow the machine is.
    const { reader, context } = await reading(broker, 4, {}, { time: { ...systemTime, monotonic: () => 0 } })
    for (let n = 1; n <= 4; n++) {
      await until(`connection ${n}`, () => broker.connections === n && reader.status().connected)
      broker.cut()
      await until('it is down', () => !reader.status().connected)
    }
    expect(context.lines.at(-1)?.message).toContain("perhaps another client connects under the client id 'me' as well")
  })

  test.each([
    [0x8b, undefined, 'server shutting down'],
    [0x98, 'maintenance', 'administrative action, maintenance'],
    [0x9c, undefined, 'use another server'],
    [0xa0, undefined, 'reason 0xa0'],
  ])('reason %i is MR328, and it connects again', async (reasonCode, reasonString, words) => {
    const broker = await brokered(5)
    const { reader, context } = await reading(broker, 5)
    await upTo(reader)
    broker.send({ cmd: 'disconnect', reasonCode, properties: reasonString === undefined ? {} : { reasonString } })
    await until('it is back', () => broker.connections === 2 && reader.status().connected)
    expect(context.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: `${broker.url} ended the connection: ${words}`, fields: { code: 'MR328' } }),
    )
  })

  test('a session that the broker does not have any more is MR324', async () => {
    const broker = await brokered(5)
    const { reader, context } = await reading(broker, 5)
    await upTo(reader)
    broker.cut()
    await until('it is back', () => broker.connections === 2 && reader.status().connected)
    expect(context.lines).toContainEqual(expect.objectContaining({ level: 'warn', fields: { code: 'MR324', id: 'readings' } }))
    expect(reader.status().detail).toContain('its session was lost at the broker once')
  })

  test('a session that is kept, or was never asked for, is no loss', async () => {
    for (const options of [{}, { clean: true }]) {
      const broker = await brokered(5, (packet, connection) =>
        packet.cmd === 'connect' ? admits({ sessionPresent: connection > 1 && !packet.clean }) : undefined,
      )
      const { reader, context } = await reading(broker, 5, options)
      await upTo(reader)
      broker.cut()
      await until('it is back', () => broker.connections === 2 && reader.status().connected)
      expect(context.lines.filter(({ fields }) => fields['code'] === 'MR324')).toEqual([])
    }
  })

  test.each([{}, { clean: true }])(
    'while the job takes nothing and the buffer is full: it connects again, and all goes on, %o',
    async options => {
      const broker = await brokered(4, (packet, connection) =>
        packet.cmd === 'connect' ? admits({ sessionPresent: connection > 1 && !packet.clean }) : undefined,
      )
      // A socket that nobody reads tells of its end when something is written to it.
      const { reader } = await reading(broker, 4, { keepAlive: '1s', ...options }, { bufferBytes: 2_000 })
      await upTo(reader)
      const sent = [1, 2, 3].map(n => published(n, { payload: `${n}`.padEnd(1_500) }))
      broker.send(...sent)
      await until('it reads no more', () => reader.status().detail.includes('reading stands still'))
      broker.cut()
      await until('it comes back', () => broker.connections === 2 && !reader.status().detail.startsWith('waits'))
      const texts = new Set<string>()
      const take = async (): Promise<void> => {
        for (let chunk = await reader.next(); chunk; chunk = await reader.next()) for (const body of bodiesOf(chunk)) texts.add(body.trim())
      }
      // What was here already comes from nowhere else where there is no session; else it is sent again.
      if (!('clean' in options)) await upTo(reader)
      void take()
      await upTo(reader)
      if ('clean' in options) expect([...texts]).toEqual(['1', '2'])
      broker.send(...sent)
      await until('all is read', () => texts.size === 3)
    },
  )

  test('by our own goodbye: a broker that takes its time is waited for, as it may forget what it has not looked at yet', async () => {
    const broker = await brokered(4, packet => (packet.cmd === 'disconnect' ? 'silence' : undefined))
    const time = virtualTime(0)
    const { reader } = await reading(broker, 4, {}, { time })
    await upTo(reader)
    let closed = false
    const closing = reader.close('release').then(() => {
      closed = true
    })
    await until('it is told', () => broker.heard.at(-1)?.cmd === 'disconnect')
    await time.advance(3_000)
    expect(closed).toBe(false)
    broker.cut()
    await closing
    // One that never closes is not waited for any longer than this.
    const other = await reading(broker, 4, { clientId: 'other' }, { time })
    await upTo(other.reader)
    const left = other.reader.close('release')
    await time.advance(5_000)
    await left
  })

  test('silence for one and a half keep-alive intervals', async () => {
    const broker = await brokered(4, packet => (packet.cmd === 'pingreq' ? 'silence' : undefined))
    const { reader, context } = await reading(broker, 4, { keepAlive: '1s' })
    await upTo(reader)
    await until('it is given up', () => broker.connections === 2)
    expect(context.lines.some(({ message }) => message.includes('it was silent for 1.5 s'))).toBe(true)
  })
})

describe('a server that breaks the protocol', () => {
  test.each([
    [[...'HTTP/1.1 400 Bad Request\r\n\r\n'], 'it answers in HTTP'],
    [[...'AMQP\0\u0001\0\0'], 'it answers in AMQP'],
    [[...'\u0015\u0003\u0001\0\u0002'], 'it answers in TLS (mqtts://)'],
    [[...'\u00d0\0'], 'its first packet is no CONNACK'],
  ])('answers with %j: MR323', async (text, words) => {
    const broker = await brokered(5, () => Uint8Array.from(text, letter => letter.charCodeAt(0)))
    const { reader, source, context } = await reading(broker, 5)
    expect(await failure(reader.next())).toMatchObject({ code: 'MR323', action: 'stop', message: expect.stringContaining(words) })
    expect(await source.check(context, 20_000)).toMatchObject([{ ok: false, code: 'MR323', severity: 'error' }])
  })

  test('sends a malformed PUBLISH, again and again: MR323 after some tries, as it may have been the network', async () => {
    const broker = await brokered(4, packet => (packet.cmd === 'subscribe' ? Uint8Array.of(0x36, 3, 0, 0, 0) : undefined))
    const { reader } = await reading(broker, 4)
    expect(await failure(reader.next())).toMatchObject({ code: 'MR323', message: expect.stringContaining('a PUBLISH with QoS 3') })
    expect(broker.connections).toBeGreaterThan(2)
  })

  test.each([4, 5] as const)(
    'sends a message beyond the limit, version %i: it goes to the dead letters, as much of it as may be kept',
    async version => {
      const broker = await brokered(version)
      const { reader, context, source } = await reading(broker, version, { maxMessageBytes: 1_000 })
      await upTo(reader)
      // A broker that knew the limit would drop what goes beyond it, and nobody would hear of it.
      expect(broker.heard[0]).not.toHaveProperty('properties.maximumPacketSize')
      const large = [200_000, 3_000_000].map(size => 'x'.repeat(size))
      broker.send(published(0), published(1, { payload: large[0] }), published(2), published(3, { payload: large[1] }), published(4))
      const decoder = source.decoder.compile({ wanted: new Set(['n']), keyed: new Set() })
      const texts: string[] = []
      const reasons: string[] = []
      const rows: unknown[] = []
      let receipt = 0
      while (texts.length < 5) {
        const chunk = (await reader.next())!
        receipt = chunk.receipt
        texts.push(...bodiesOf(chunk))
        const decoded = decoder.decode(chunk)
        for (let i = 0; i < decoded.length; i++) rows.push(valueAt(decoded.columns['n']!, i))
        reasons.push(...decoded.rejected.map(({ code, reason }) => `${code} ${reason}`))
        expect(decoded.rejected.map(({ message }) => bodiesOf(chunk)[message]![0])).toEqual(decoded.rejected.map(() => 'x'))
      }
      expect(rows).toEqual([0, 2, 4])
      expect(texts[1]).toBe(large[0])
      expect(texts[3]!.length).toBeGreaterThan(1_048_500)
      expect(large[1]!.startsWith(texts[3]!)).toBe(true)
      expect(reasons).toEqual([
        expect.stringMatching(
          /^MR210 the message has 200,0\d\d bytes, and the source takes 1,000 bytes \(`maxMessageBytes`\); it is kept whole, /,
        ),
        expect.stringMatching(/^MR210 the message has 3,000,0\d\d bytes, .*; its first 1,048,576 bytes are kept, so it cannot be retried/),
      ])
      expect(broker.heard.some(({ cmd }) => cmd === 'puback')).toBe(false)
      reader.settle(receipt)
      const answered = () => broker.heard.flatMap(packet => (packet.cmd === 'puback' ? packet.messageId! : []))
      await until('all are answered', () => answered().length === 5)
      expect(answered()).toEqual([1, 2, 3, 4, 5])
      expect(reader.status().detail).toContain('2 messages larger than the limit, among the dead letters')
      expect(context.lines.filter(({ message }) => message.includes('is larger than the 1000'))).toHaveLength(1)
    },
  )
})

describe('what the source asks for', () => {
  test.each([
    ['when-new', 1],
    ['always', 0],
    ['never', 2],
  ] as const)('retained: %s', async (retained, rh) => {
    const broker = await brokered(5)
    const { reader } = await reading(broker, 5, { retained, qos: 2, share: 'g', sessionExpiry: '2h', receiveMaximum: 50 })
    await upTo(reader)
    expect(broker.heard[0]).toMatchObject({
      cmd: 'connect',
      clean: false,
      properties: { sessionExpiryInterval: 7_200, receiveMaximum: 50 },
    })
    expect(broker.heard[1]).toMatchObject({ subscriptions: [{ topic: '$share/g/rooms/+', qos: 2, rh, rap: true }] })
  })

  test('a broker that keeps the session for less is named', async () => {
    const broker = await brokered(5, connacks({ properties: { sessionExpiryInterval: 60 } }))
    const { reader, context } = await reading(broker, 5)
    await upTo(reader)
    expect(context.lines.some(({ message }) => message.includes('keeps the session for 60 s, not for 86400 s'))).toBe(true)
  })
})

describe('the sink', () => {
  test('publishes no more at once than the broker takes unacknowledged', async () => {
    let open = 0
    let most = 0
    const broker = await brokered(5, packet => {
      if (packet.cmd === 'connect') return admits({ properties: { receiveMaximum: 7 } })
      if (packet.cmd === 'publish') most = Math.max(most, ++open)
      if (packet.cmd === 'pubrel') open--
      return undefined
    })
    await (await writing(broker, 5, { qos: 2 })).write(200)
    expect(most).toBe(7)
    expect(broker.heard.filter(({ cmd }) => cmd === 'publish')).toHaveLength(200)
  })

  test('of QoS 2 in 3.1.1 keeps to twenty, as mosquitto loses what goes beyond', async () => {
    let open = 0
    let most = 0
    const broker = await brokered(4, packet => {
      if (packet.cmd === 'publish') most = Math.max(most, ++open)
      if (packet.cmd === 'pubrel') open--
      return undefined
    })
    await (await writing(broker, 4, { qos: 2 })).write(200)
    expect(most).toBe(20)
  })

  test('rows without a topic are MR327, named; all others are published', async () => {
    const broker = await brokered(5)
    const context = connectorContext({ id: 'out' })
    const sink = mqttSink<{ readonly room: string }>('out', { url: broker.url, topic: row => row.room })
    const writer = opened(await sink.open(context), it => it.close())
    const names: Readonly<Record<number, string | null>> = { 1: null, 2: 'a/+/b', 3: '' }
    const batch = suiteBatch(suiteRows(5), ({ n }) => ({ topic: n in names ? names[n]! : `rooms/${n}` }))
    const error = await failure(writer.write(batch, { entry: 1, ordinal: 0 }))
    expect(error).toMatchObject({ code: 'MR327', action: 'dead-letter', ids: ['c1', 'c2', 'c3'] })
    expect(String(error)).toMatch(/3 of 5 rows.*c1 \(is null\), c2 \(contains a wildcard.*\), c3 \(is empty\)/)
    expect(broker.heard.flatMap(packet => (packet.cmd === 'publish' ? packet.topic : []))).toEqual(['rooms/0', 'rooms/4'])
  })

  test('rows that the broker refuses are MR311, by the reason it gives', async () => {
    // Every second one, whatever its packet identifier is: the first is drawn by chance, and behind 65,535 comes 1.
    let rows = 0
    const broker = await brokered(5, packet =>
      packet.cmd === 'publish' && ++rows % 2 === 0 ? [{ cmd: 'puback', messageId: packet.messageId!, reasonCode: 0x97 }] : undefined,
    )
    const error = await failure((await writing(broker, 5)).write(4))
    expect(error).toMatchObject({ code: 'MR311', message: expect.stringMatching(/refused 2 of 4 rows.*quota exceeded \(0x97\)/) })
    // The others arrived: a letter with them would send them twice.
    expect(error).toBeInstanceOf(RefusedRows)
    expect((error as RefusedRows).ids).toEqual(['c1', 'c3'])
  })

  test.each([
    [{ qos: 2 }, { maximumQoS: 1 }, 'does QoS 1 at most, not 2'],
    [{ retain: true }, { retainAvailable: false }, 'keeps no retained messages'],
  ] as const)('with %o stops where the broker cannot', async (options, properties, words) => {
    const broker = await brokered(5, connacks({ properties }))
    const error = await failure((await writing(broker, 5, options)).write(1))
    expect(error).toMatchObject({ code: 'MR323', action: 'stop', message: expect.stringContaining(words) })
  })

  test('gives each row its id, and says what it is', async () => {
    const broker = await brokered(5)
    await (await writing(broker, 5, { retain: true })).write(1)
    expect(broker.heard.find(({ cmd }) => cmd === 'publish')).toMatchObject({
      retain: true,
      qos: 1,
      properties: { contentType: 'application/json', payloadFormatIndicator: true, userProperties: { 'millrace-id': 'c0' } },
    })
  })
})

describe('brokers by their names', () => {
  test('none is MR320; one from the environment may hold several, tried in turn', async () => {
    const none = connectorContext({ id: 'readings', job: 'plant' })
    const source = mqtt({ topic: 'a', decode })
    expect(await failure(source.open(none))).toMatchObject({ code: 'MR320', message: "'readings' of job 'plant' has no MQTT broker" })
    expect(await source.check(none, 1_000)).toMatchObject([{ ok: false, code: 'MR320', severity: 'error' }])
    const broker = await brokered(5)
    const env = { MILLRACE_MQTT_URL: `mqtt://127.0.0.1:1, ${broker.url}` }
    const reader = opened(await source.open(connectorContext({ env })), it => it.close('release'))
    await upTo(reader)
    expect(reader.status().endpoint).toBe(broker.url)
    expect(await source.check(connectorContext({ env }), 20_000)).toMatchObject([
      { ok: false, code: 'MR307', severity: 'warning' },
      { ok: true, message: `${broker.url} answered as a broker of MQTT 5` },
    ])
  })

  test('a password in the clear is warned of, but not to this machine', async () => {
    const context = connectorContext()
    const url = 'mqtt://device:canary@broker.invalid'
    const reader = opened(await mqtt({ url, topic: 'a', decode }).open(context), it => it.close('release'))
    expect(context.lines.some(({ message }) => message.includes('crosses the network in the clear'))).toBe(true)
    expect(JSON.stringify([context.lines, reader.status()])).not.toContain('canary')
  })

  test('one that is none, from the environment, is MR322', async () => {
    const source = mqtt({ topic: 'a', decode })
    const error = await failure(source.open(connectorContext({ env: { MILLRACE_MQTT_URL: 'http://broker' } })))
    expect(error).toMatchObject({ code: 'MR322', action: 'stop' })
  })
})
