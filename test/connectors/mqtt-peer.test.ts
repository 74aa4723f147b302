import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect } from 'vitest'
import { mqtt, mqttSink } from '../../connectors/mqtt/index.js'
import { json } from '../../src/codecs/json.js'
import type { SourceReader } from '../../src/connector/source.js'
import { integer, schema } from '../../src/model/fields.js'
import { bodiesOf } from '../../src/testing/connector-bodies.js'
import { suiteBatch, suiteRows } from '../../src/testing/connector-rows.js'
import { failure } from '../../src/testing/connector-writing.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { startArtemis } from '../peers/artemis.js'
import { artemisAvailable, mosquittoAvailable } from '../peers/available.js'
import { freePort } from '../peers/free-port.js'
import { type MosquittoOptions, startMosquitto } from '../peers/mosquitto.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { client, publish } from './mqtt-publisher.js'

const opened = disposals()
const decode = json(schema({ n: integer() }))
type Options = Partial<Parameters<typeof mqtt>[0]> & { readonly url: string }

const brokered = async (options?: MosquittoOptions) => opened(await startMosquitto(options), it => it.stop())
const texts = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `{"n":${from + i}}`)

async function reading(options: Options): Promise<SourceReader> {
  const reader = opened(await mqtt({ topic: 't', clientId: 'me', decode, ...options }).open(connectorContext()), it => it.close('release'))
  await until('it is subscribed', () => reader.status().connected)
  return reader
}

/** So many texts, settled as they come. */
async function take(reader: SourceReader, count: number): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < count) {
    const chunk = (await reader.next())!
    taken.push(...bodiesOf(chunk))
    reader.settle(chunk.receipt)
  }
  return taken
}

describe('Mosquitto', () => {
  for (const version of [5, 4] as const)
    peerTest(`with its own limit of 20 on the way: QoS 2 in version ${version}, there and back`, [mosquittoAvailable()], async () => {
      const broker = await brokered({ lines: ['max_inflight_messages 20'] })
      const reader = await reading({ url: broker.url, version, qos: 2, topic: 'alerts' })
      const writer = opened(await mqttSink('out', { url: broker.url, version, qos: 2, topic: 'alerts' }).open(connectorContext()), it =>
        it.close(),
      )
      await writer.write(suiteBatch(suiteRows(1_000)), { entry: 1, ordinal: 0 })
      const numbers = (await take(reader, 1_000)).map(text => (JSON.parse(text) as { n: number }).n)
      expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
    })

  peerTest('retained messages: of a new subscription, at every connection, or none', [mosquittoAvailable()], async () => {
    const broker = await brokered()
    await publish(broker.url, 't', ['{"n":7}'], { qos: 1, retain: true })
    const readWith = async (options: Omit<Options, 'url'>): Promise<string[]> => {
      const reader = await reading({ url: broker.url, ...options })
      await publish(broker.url, 't', ['{"n":1}'], { qos: 1 })
      const taken: string[] = []
      while (!taken.includes('{"n":1}')) taken.push(...(await take(reader, 1)))
      await reader.close('release')
      return taken
    }
    expect(await readWith({})).toEqual(['{"n":7}', '{"n":1}'])
    expect(await readWith({})).toEqual(['{"n":1}'])
    expect(await readWith({ retained: 'always' })).toEqual(['{"n":7}', '{"n":1}'])
    expect(await readWith({ clientId: 'another', retained: 'never' })).toEqual(['{"n":1}'])
    expect(await readWith({ clientId: 'of-3.1.1', version: 4, retained: 'never' })).toEqual(['{"n":1}'])
    expect(await readWith({ clientId: 'of-3.1.1', version: 4 })).toEqual(['{"n":7}', '{"n":1}'])
  })

  peerTest('what an edited job had subscribed to before is left out, and acknowledged', [mosquittoAvailable()], async () => {
    const broker = await brokered()
    await (await reading({ url: broker.url, topic: 'old/#' })).close('release')
    await publish(broker.url, 'old/a', texts(3))
    const reader = await reading({ url: broker.url, topic: 'new/#' })
    await publish(broker.url, 'new/a', ['{"n":9}'])
    expect(await take(reader, 1)).toEqual(['{"n":9}'])
    expect(reader.status().detail).toContain('3 messages of an earlier subscription of this session, left out')
  })

  peerTest('over TLS: trusts who it is told to trust, and nobody else', [mosquittoAvailable()], async () => {
    const folder = opened(await mkdtemp(join(tmpdir(), 'millrace-mqtt-tls-')), path => rm(path, { recursive: true, force: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-days', '2', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...subject, '-keyout', key, '-out', cert]
    await promisify(execFile)('openssl', made)
    const port = await freePort()
    const broker = await brokered({ lines: [`listener ${port} 127.0.0.1`, 'allow_anonymous true', `keyfile ${key}`, `certfile ${cert}`] })
    const url = `mqtts://127.0.0.1:${port}`
    const reader = await reading({ url, tls: { ca: await readFile(cert, 'utf8') } })
    await publish(broker.url, 't', texts(2))
    expect(await take(reader, 2)).toEqual(texts(2))

    const wary = opened(await mqtt({ url, topic: 't', decode }).open(connectorContext()), it => it.close('release'))
    expect(await failure(wary.next())).toMatchObject({ code: 'MR312', action: 'stop' })
    expect(await mqtt({ url, topic: 't', decode }).check(connectorContext(), 5_000)).toMatchObject([
      { ok: false, code: 'MR312', severity: 'error' },
    ])
    const careless = connectorContext()
    const blind = opened(await mqtt({ url, topic: 't', decode, tls: { rejectUnauthorized: false } }).open(careless), it =>
      it.close('release'),
    )
    await until('it is subscribed', () => blind.status().connected)
    expect(careless.lines.some(({ message }) => message.includes('TLS verification is off'))).toBe(true)
  })

  peerTest('does a lower QoS than the sink wants: it stops', [mosquittoAvailable()], async () => {
    const broker = await brokered({ lines: ['max_qos 1'] })
    const sink = mqttSink('out', { url: broker.url, qos: 2, topic: 'a' })
    const writer = opened(await sink.open(connectorContext()), it => it.close())
    const error = await failure(writer.write(suiteBatch(suiteRows(1)), { entry: 1, ordinal: 0 }))
    expect(error).toMatchObject({ code: 'MR323', message: expect.stringContaining('does QoS 1 at most, not 2') })
  })
})

describe('Artemis', () => {
  peerTest('says who takes a session over (MQTT 5): MR325', [artemisAvailable()], async () => {
    const artemis = opened(await startArtemis({ mqtt: true }), it => it.stop())
    const reader = await reading({ url: artemis.mqttUrl })
    opened(await client(artemis.mqttUrl, { clientId: 'me', reconnectPeriod: 0 }), it => it.endAsync(true))
    expect(await failure(reader.next())).toMatchObject({ code: 'MR325', action: 'stop' })
  })
})
