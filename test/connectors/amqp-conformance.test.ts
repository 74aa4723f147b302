import { afterAll, beforeAll, describe, test } from 'vitest'
import { amqp, amqpSink, json, messageId } from '../../connectors/amqp/index.js'
import { type Node, type NodeOptions, startNode } from '../../src/broker/index.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { integer, schema } from '../../src/model/fields.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import { sourceConformance } from '../../src/testing/connector-source.js'
import type { SourceHarness } from '../../src/testing/connector-source-harness.js'
import { jsonMessage, sendAll } from '../cli/sender.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { type Artemis, startArtemis } from '../peers/artemis.js'
import { artemisAvailable } from '../peers/available.js'
import { connectorContext } from '../support/connector-context.js'
import { AmqpRowReader } from './amqp-row-reader.js'

const Row = schema({ n: integer() })
const password = 'canary-40c7'

/** The way of one case to the broker: what it takes away is this. */
async function way(broker: string) {
  const url = new URL(broker)
  const proxy = await CutProxy.start(Number(url.port))
  url.port = String(proxy.port)
  return {
    url: url.href.replace(/\/$/, ''),
    cut() {
      proxy.cut()
      proxy.open()
    },
    peer: {
      stop: async () => proxy.cut(),
      start: async () => proxy.open(),
    },
    close: () => proxy.close(),
  }
}

const fresh = (): string => `place-${systemRandom.hex(12)}`

/** What both brokers are asked; `url` is known when a case begins. */
interface Broker {
  readonly name: string
  readonly url: () => string
  /** The same with a password that is refused. */
  readonly refusedUrl: () => string
  readonly secrets: readonly string[]
  readonly tooLarge?: number
}

const source = (broker: Broker): SourceHarness => ({
  name: `amqp, ${broker.name}`,
  endless: true,
  secrets: broker.secrets,
  async place() {
    const { url, cut, peer, close } = await way(broker.url())
    const address = fresh()
    let sent = 0
    return {
      source: () => amqp({ url, address, id: messageId(), decode: json(Row) }),
      async send(texts) {
        if (texts.length === 0) return
        const messages = texts.map(text => ({ ...jsonMessage(text, `m${sent++}`), durable: true }))
        const outcomes = await sendAll(broker.url(), address, messages)
        if (outcomes.some(outcome => outcome !== 'accepted')) throw new Error(`not all accepted: ${outcomes.join(' ')}`)
      },
      cut,
      peer,
      close,
    }
  },
  refused: async () => ({ source: amqp({ url: broker.refusedUrl(), address: 'any', decode: json(Row) }), close: async () => {} }),
})

const sink = (broker: Broker): SinkHarness => ({
  name: `amqpSink, ${broker.name}`,
  secrets: broker.secrets,
  ...(broker.tooLarge === undefined ? {} : { tooLarge: broker.tooLarge }),
  async place() {
    const { url, cut, peer, close } = await way(broker.url())
    const address = fresh()
    const reader = await AmqpRowReader.start(broker.url(), address)
    return {
      sink: () => amqpSink('out', { url, address }),
      received: () => reader.received(),
      cut,
      peer,
      async close() {
        reader.close()
        await close()
      },
    }
  },
  refused: async () => ({ sink: amqpSink('out', { url: broker.refusedUrl(), address: 'any' }), close: async () => {} }),
})

function cases(broker: Broker): void {
  for (const { name, run } of sourceConformance(source(broker))) test(name, run)
  for (const { name, run } of sinkConformance(sink(broker))) test(name, run)
}

const withPassword = ({ host, port }: { readonly host: string; readonly port: number }, given: string): string =>
  `amqp://device:${given}@${host}:${port}`

describe.each(['in memory', 'with a data folder'])('AMQP connector with the embedded node %s', kept => {
  let node: Node
  beforeAll(async () => {
    const { time, random, log } = connectorContext()
    const options: NodeOptions = { port: 0, users: { device: password }, maxMessageSize: 262_144, time, random, log }
    node = await startNode(kept === 'in memory' ? options : { ...options, data: { disk: memoryDisk(), folder: 'node' } })
  })
  afterAll(() => node?.close())
  cases({
    name: `node ${kept}`,
    url: () => withPassword(node, password),
    refusedUrl: () => withPassword(node, 'another-canary'),
    secrets: [password, 'another-canary'],
    tooLarge: 300_000,
  })
})

const available = artemisAvailable()
describe.skipIf(!available.present)(`AMQP connector with Artemis${available.present ? '' : ` (${available.reason})`}`, () => {
  let artemis: Artemis
  beforeAll(async () => {
    artemis = await startArtemis({ redeliverWithoutEnd: true })
  }, 180_000)
  afterAll(() => artemis?.stop())
  cases({
    name: 'Artemis',
    url: () => artemis.url,
    refusedUrl: () => withPassword(artemis, 'another-canary'),
    secrets: ['another-canary'],
  })
})
