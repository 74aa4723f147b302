import type { MqttClient } from 'mqtt'
import { mqtt, mqttSink } from '../../connectors/mqtt/index.js'
import { json } from '../../src/codecs/json.js'
import { integer, schema } from '../../src/model/fields.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import type { SourceHarness } from '../../src/testing/connector-source-harness.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { client, publish } from './mqtt-publisher.js'

/** A broker under test; its URL carries user and password where it wants them. */
export interface MqttPeer {
  readonly url: string
  readonly port: number
}

/** The brokers of a conformance run, which start after the cases are named. */
export interface MqttScene {
  readonly name: string
  readonly broker: () => MqttPeer
  /** One that refuses the user `device` with the password of the harness. */
  readonly refusing: () => MqttPeer
  /** It hands messages on in another order than it took them in, now and then. */
  readonly unordered?: boolean
  /** Characters beyond what it takes in one message. */
  readonly tooLarge?: number
}

const Row = schema({ n: integer() })
const password = 'canary-7f3a'

/** What the case's own URL, which leads over a proxy, does not carry. */
const login = ({ url }: MqttPeer): { readonly username?: string; readonly password?: string } => {
  const { username, password } = new URL(url)
  return username === '' ? {} : { username, password }
}

/** Resolves when a message of its own to the same topic, where it waits behind the rows, has come back to the reader. */
async function marked(reader: MqttClient, topic: string): Promise<void> {
  const mark = JSON.stringify({ n: -1, mark: systemRandom.hex(8) })
  const seen = new Promise<void>(resolve => {
    const look = (_topic: string, payload: Buffer): void => {
      if (payload.toString() !== mark) return
      reader.off('message', look)
      resolve()
    }
    reader.on('message', look)
  })
  await reader.publishAsync(topic, mark, { qos: 2 })
  await seen
}

/** What a case takes away is the way to the broker. */
const way = async (broker: MqttPeer) => {
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

export const mqttSource = ({ broker, refusing, name, unordered = false }: MqttScene, version: 4 | 5, qos: 1 | 2): SourceHarness => ({
  name: `${name}: mqtt ${version === 5 ? '5' : '3.1.1'}, QoS ${qos}`,
  endless: true,
  keepsOrder: !unordered,
  unordered,
  secrets: [password],
  async place() {
    const { url, cut, peer, close } = await way(broker())
    const topic = `place/${systemRandom.hex(12)}`
    return {
      source: () => mqtt({ ...login(broker()), url, version, qos, topic, clientId: topic.replace('/', '-'), decode: json(Row) }),
      send: texts => publish(broker().url, topic, texts, { qos }),
      cut,
      peer,
      close,
    }
  },
  async refused() {
    return {
      source: mqtt({ url: `mqtt://127.0.0.1:${refusing().port}`, version, topic: 'any', username: 'device', password, decode: json(Row) }),
      close: async () => {},
    }
  },
})

export const mqttResults = (
  { broker, refusing, name, tooLarge, unordered = false }: MqttScene,
  version: 4 | 5,
  qos: 1 | 2,
): SinkHarness => ({
  name: `${name}: mqttSink ${version === 5 ? '5' : '3.1.1'}, QoS ${qos}`,
  secrets: [password],
  ...(version === 5 && tooLarge !== undefined ? { tooLarge } : {}),
  async place() {
    const { url, cut, peer, close } = await way(broker())
    const topic = `out/${systemRandom.hex(12)}`
    const got: Record<string, unknown>[] = []
    const reader = await client(broker().url)
    reader.on('message', (_topic, payload) => void got.push(JSON.parse(payload.toString()) as Record<string, unknown>))
    await reader.subscribeAsync(topic, { qos: 2 })
    return {
      sink: () => mqttSink('out', { ...login(broker()), url, version, qos, topic }),
      async received() {
        // What the broker has acknowledged it hands on at once, but over another connection: before a mark that is sent afterwards,
        // or, where order is not kept, before many of them.
        const rows = () => got.filter(({ n }) => n !== -1)
        for (let quiet = 0; quiet < (unordered ? 30 : 1); ) {
          const before = rows().length
          await marked(reader, topic)
          quiet = rows().length === before ? quiet + 1 : 0
        }
        return unordered ? rows().toSorted((a, b) => Number(a['n']) - Number(b['n'])) : rows()
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
    return {
      sink: mqttSink('out', { url: `mqtt://127.0.0.1:${refusing().port}`, version, topic: 'any', username: 'device', password }),
      close: async () => {},
    }
  },
})
