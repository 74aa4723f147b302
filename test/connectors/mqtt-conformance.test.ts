import { afterAll, beforeAll, describe, test } from 'vitest'
import { mqtt, mqttSink } from '../../connectors/mqtt/index.js'
import { json } from '../../src/codecs/json.js'
import { integer, schema } from '../../src/model/fields.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import { sourceConformance } from '../../src/testing/connector-source.js'
import type { SourceHarness } from '../../src/testing/connector-source-harness.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { mosquittoAvailable } from '../peers/available.js'
import { type Mosquitto, startMosquitto } from '../peers/mosquitto.js'
import { client, publish } from './mqtt-publisher.js'

const available = mosquittoAvailable()
const Row = schema({ n: integer() })
const password = 'canary-7f3a'

/** The broker of all cases: what a case takes away is the way to it. */
let broker: Mosquitto
let locked: Mosquitto

const way = async () => {
  const proxy = await CutProxy.start(broker.port)
  return {
    url: `mqtt://127.0.0.1:${proxy.port}`,
    cut() {
      proxy.cut()
      proxy.open()
    },
    peer: {
      async stop() {
        proxy.cut()
      },
      async start() {
        proxy.open()
      },
    },
    close: () => proxy.close(),
  }
}

const source = (version: 4 | 5, qos: 1 | 2): SourceHarness => ({
  name: `mqtt ${version === 5 ? '5' : '3.1.1'}, QoS ${qos}`,
  endless: true,
  keepsOrder: true,
  secrets: [password],
  async place() {
    const { url, cut, peer, close } = await way()
    const topic = `place/${systemRandom.hex(12)}`
    return {
      source: () => mqtt({ url, version, qos, topic, clientId: topic.replace('/', '-'), decode: json(Row) }),
      send: texts => publish(broker.url, topic, texts, { qos }),
      cut,
      peer,
      close,
    }
  },
  async refused() {
    return {
      source: mqtt({ url: locked.url, version, topic: 'any', username: 'device', password, decode: json(Row) }),
      close: async () => {},
    }
  },
})

const sink = (version: 4 | 5, qos: 1 | 2): SinkHarness => ({
  name: `mqttSink ${version === 5 ? '5' : '3.1.1'}, QoS ${qos}`,
  secrets: [password],
  ...(version === 5 ? { tooLarge: 300_000 } : {}),
  async place() {
    const { url, cut, peer, close } = await way()
    const topic = `out/${systemRandom.hex(12)}`
    const got: Record<string, unknown>[] = []
    const reader = await client(broker.url)
    reader.on('message', (_topic, payload) => void got.push(JSON.parse(payload.toString()) as Record<string, unknown>))
    await reader.subscribeAsync(topic, { qos: 2 })
    return {
      sink: () => mqttSink('out', { url, version, qos, topic }),
      async received() {
        // What the broker has acknowledged it hands on at once, but over another connection.
        const mark = `end-${systemRandom.hex(8)}`
        await reader.subscribeAsync(mark, { qos: 2 })
        const seen = new Promise<void>(resolve => {
          reader.on('message', name => name === mark && resolve())
        })
        await reader.publishAsync(mark, '{"n":-1}', { qos: 2 })
        await seen
        return got.filter(({ n }) => n !== -1)
      },
      cut,
      peer,
      async close() {
        await reader.endAsync(true)
        await close()
      },
    }
  },
  async refused() {
    return { sink: mqttSink('out', { url: locked.url, version, topic: 'any', username: 'device', password }), close: async () => {} }
  },
})

describe.skipIf(!available.present)(`MQTT connector with Mosquitto${available.present ? '' : ` (${available.reason})`}`, () => {
  beforeAll(async () => {
    broker = await startMosquitto({ lines: ['max_packet_size 262144'] })
    locked = await startMosquitto({ users: { device: 'another' } })
  })
  afterAll(async () => {
    await broker?.stop()
    await locked?.stop()
  })

  for (const version of [5, 4] as const)
    for (const qos of [1, 2] as const) {
      for (const { name, run } of sourceConformance(source(version, qos))) test(name, run)
      for (const { name, run } of sinkConformance(sink(version, qos))) test(name, run)
    }
})
