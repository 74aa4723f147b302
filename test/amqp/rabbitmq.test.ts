import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import type { SourceReader } from '../../src/connector/source.js'
import { rabbitmqAvailable } from '../peers/available.js'
import { type RabbitMq, startRabbitMq } from '../peers/rabbitmq.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const available = rabbitmqAvailable()
const at = { entry: 0, ordinal: 0 }

describe.skipIf(!available.present)(`AMQP connector with RabbitMQ${available.present ? '' : ` (${available.reason})`}`, () => {
  let broker: RabbitMq
  const open: { close(): Promise<void> }[] = []
  const name = () => `t-${connectorContext().random.hex(8)}`

  beforeAll(async () => {
    broker = await startRabbitMq()
  }, 120_000)
  afterAll(async () => {
    await broker?.stop()
  }, 30_000)
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })

  const reading = async (options: Partial<Parameters<typeof amqp>[0]> & { readonly address: string }): Promise<SourceReader> => {
    const reader = await amqp({ url: broker.url, decode: raw(), ...options }).open(connectorContext())
    open.push({ close: () => reader.close('release') })
    return reader
  }
  const writing = async (address: string) => {
    const writer = await amqpSink('out', { url: broker.url, address }).open(connectorContext({ id: 'out' }))
    open.push(writer)
    return writer
  }
  const rows = (n: number) => outputs(Array.from({ length: n }, (_, i) => `room-${i}`))

  async function count(reader: SourceReader, messages: number): Promise<{ receipt: number; total: number }> {
    let total = 0
    let receipt = 0
    while (total < messages) {
      const chunk = (await reader.next())!
      total += chunk.length
      receipt = chunk.receipt
    }
    return { receipt, total }
  }

  test('a sink knows that its repeats are kept, and they are', async () => {
    const address = name()
    const reader = await reading({ address })
    await until('attached', () => reader.status().connected)
    const writer = await writing(address)
    await writer.open()
    expect(writer).toMatchObject({ guarantee: 'append', remembers: undefined })
    for (let i = 0; i < 2; i++) await writer.write(rows(3), at)
    expect((await count(reader, 6)).total).toBe(6)
  })

  test('a queue: more than twice the credit flows unsettled, and one receipt accepts it', async () => {
    const address = name()
    const reader = await reading({ address, credit: 200 })
    await until('attached', () => reader.status().connected)
    await (await writing(address)).write(rows(1_000), at)
    const { receipt, total } = await count(reader, 1_000)
    expect(total).toBe(1_000)
    expect(reader.status().unsettled).toBe(1_000)
    reader.settle(receipt)
    await reader.close('release')
    const writer = await writing(address)
    await writer.write(rows(1), at)
    expect((await count(await reading({ address }), 1)).total).toBe(1)
  })

  test('what is released at a stop goes to the next reader', async () => {
    const address = name()
    const first = await reading({ address })
    await until('attached', () => first.status().connected)
    await (await writing(address)).write(rows(50), at)
    await count(first, 50)
    await first.close('release')
    expect((await count(await reading({ address }), 50)).total).toBe(50)
  })

  test('a topic reaches each of its readers', async () => {
    const address = `/topic/${name()}`
    const readers = [await reading({ address }), await reading({ address })]
    for (const reader of readers) await until('attached', () => reader.status().live)
    await (await writing(address)).write(rows(20), at)
    for (const reader of readers) expect((await count(reader, 20)).total).toBe(20)
  })

  test('wrong credentials are named, with the endpoint', async () => {
    const [result] = await amqp({ url: broker.url.replace('secret', 'wr0ng'), address: 'a', decode: raw() }).check!(
      connectorContext(),
      3_000,
    )
    expect(result).toMatchObject({ ok: false, code: 'MR305', message: expect.stringContaining(`127.0.0.1:${broker.port}`) })
    expect(JSON.stringify(result)).not.toContain('wr0ng')
  })

  test('an exchange that does not exist is named', async () => {
    const reader = await reading({ address: '/exchange/nowhere/key' })
    await until('the reason', () => reader.status().error !== undefined)
    expect(reader.status().error!.message).toContain('/exchange/nowhere/key')
  })
})
