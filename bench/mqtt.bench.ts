/**
 * Messages of MQTT to columns, with QoS 1 and acknowledged: the source, and the plain client with JSON.parse, from sessions that
 * mosquitto has filled before. CPU of this process alone; `npm run bench -- mqtt [MESSAGES]`.
 */
import { connect, connectAsync } from 'mqtt'
import { mqtt } from '../connectors/mqtt/index.js'
import { json } from '../src/codecs/json.js'
import { number, schema, text, timestamp } from '../src/model/fields.js'
import { startMosquitto } from '../test/peers/mosquitto.js'
import { connectorContext } from '../test/support/connector-context.js'
import { until } from '../test/support/until.js'

const count = Number(process.argv[2] ?? 80_000)
const topic = 'sensors/hall/climate'
const source = (url: string) => mqtt({ url, topic, clientId: 'source', decode: json(Reading) })
const Reading = schema({ device: text(), celsius: number(), humidity: number(), at: timestamp('epoch-ms') })
const body = (i: number): string =>
  `{"device":"device-${i % 1_000}","celsius":${(20 + (i % 100) / 10).toFixed(1)},"humidity":${40 + (i % 50)},"at":${1_700_000_000_000 + i},"fw":"1.23"}`

/** Messages a CPU second of what `work` uses. */
async function measured(name: string, work: () => Promise<void>): Promise<number> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const rate = count / ((user + system) / 1e6)
  const wall = (count / (performance.now() - start)) * 1_000
  console.log(
    `${name.padEnd(28)} ${Math.round(rate).toLocaleString('en').padStart(9)} a CPU second, ${Math.round(wall).toLocaleString('en')} a second`,
  )
  return rate
}

const broker = await startMosquitto({ persistent: false })
try {
  const plainOptions = {
    clientId: 'plain',
    clean: false,
    protocolVersion: 5,
    properties: { sessionExpiryInterval: 3_600, receiveMaximum: 4_096 },
  } as const
  // Both sessions are there before anything is published.
  const first = await connectAsync(broker.url, plainOptions)
  await first.subscribeAsync(topic, { qos: 1 })
  await first.endAsync()
  const early = await source(broker.url).open(connectorContext())
  await until('a session', () => early.status().connected)
  await early.close('release')
  const device = await connectAsync(broker.url, { protocolVersion: 5 })
  for (let from = 0; from < count; from += 500)
    await Promise.all(Array.from({ length: Math.min(500, count - from) }, (_, i) => device.publishAsync(topic, body(from + i), { qos: 1 })))
  await device.endAsync()

  const plain = await measured('plain client, JSON.parse', async () => {
    let sum = 0
    let got = 0
    // Whoever listens after the connection is there has missed what came with it.
    const client = connect(broker.url, plainOptions)
    await new Promise<void>(resolve => {
      client.on('message', (_topic, payload) => {
        sum += (JSON.parse(payload.toString()) as { celsius: number }).celsius
        if (++got === count) resolve()
      })
    })
    await client.endAsync()
    if (!(sum > 0)) throw new Error('nothing was read')
  })

  const ours = await measured('mqtt(): columns', async () => {
    const decoder = json(Reading).compile({ wanted: new Set(['device', 'celsius', 'humidity', 'at']), keyed: new Set(['device']) })
    const reader = await source(broker.url).open(connectorContext())
    for (let got = 0; got < count; ) {
      const chunk = (await reader.next())!
      got += decoder.decode(chunk).length
      reader.settle(chunk.receipt)
    }
    await reader.close('release')
  })
  console.log(`${(ours / plain).toFixed(1)} times the plain client`)
} finally {
  await broker.stop()
}
