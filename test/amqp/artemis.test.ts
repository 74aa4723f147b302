import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import { decodeMessage } from '../../src/amqp/rhea.js'
import type { SourceReader } from '../../src/connector/source.js'
import { type Artemis, startArtemis } from '../peers/artemis.js'
import { artemisAvailable } from '../peers/available.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const available = artemisAvailable()
const at = { entry: 0, ordinal: 0 }

describe.skipIf(!available.present)(`AMQP connector with Artemis${available.present ? '' : ` (${available.reason})`}`, () => {
  let broker: Artemis
  const open: { close(): Promise<void> }[] = []
  const name = () => `t-${connectorContext().random.hex(8)}`

  beforeAll(async () => {
    broker = await startArtemis()
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
  const writing = async (address: string, kind: 'queue' | 'topic' = 'queue') => {
    const writer = await amqpSink('out', { url: broker.url, address, kind }).open(connectorContext({ id: 'out' }))
    open.push(writer)
    return writer
  }
  const rows = (n: number, prefix: string) =>
    outputs(
      Array.from({ length: n }, (_, i) => `room-${i}`),
      { ids: Array.from({ length: n }, (_, i) => `${prefix}-${i}`) },
    )

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

  /** The ids of all messages of a queue, in order, up to the last one. */
  async function idsUntil(last: string, address: string): Promise<readonly string[]> {
    const reader = await reading({ address, kind: 'queue' })
    const ids: string[] = []
    while (ids.at(-1) !== last) {
      const chunk = (await reader.next())!
      for (let i = 0; i < chunk.length; i++)
        ids.push(String(decodeMessage(chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])).message_id))
      reader.settle(chunk.receipt)
    }
    return ids
  }

  test('more than twice the credit flows unsettled, and one receipt accepts it', async () => {
    const address = name()
    const writer = await writing(address)
    await writer.write(rows(2_500, address), at)
    const reader = await reading({ address, kind: 'queue', credit: 500 })
    const { receipt, total } = await count(reader, 2_500)
    expect(total).toBe(2_500)
    expect(reader.status().unsettled).toBe(2_500)
    reader.settle(receipt)
    await reader.close('release')
    await writer.write(rows(1, `${address}-last`), at)
    const after = await reading({ address, kind: 'queue' })
    expect((await count(after, 1)).total).toBe(1)
  })

  test('a repeated result is dropped by its id', async () => {
    const address = name()
    const writer = await writing(address)
    await writer.write(rows(3, address), at)
    await writer.write(rows(3, address), at)
    await writer.write(rows(1, `${address}-end`), at)
    const reader = await reading({ address, kind: 'queue' })
    await until('four', () => reader.status().bufferedBytes! > 0)
    expect((await count(reader, 4)).total).toBe(4)
  })

  test('a sink knows that its repeats are dropped once it is open', async () => {
    const writer = await writing(name())
    expect(await writer.open()).toBeUndefined()
    expect(writer).toMatchObject({ guarantee: 'idempotent', remembers: 20_000 })
  })

  test('a repeat is accepted and dropped, also when the broker was killed meanwhile', async () => {
    const address = name()
    const writer = await writing(address)
    await writer.write(rows(100, address), at)
    await broker.restart('kill')
    await writer.write(rows(100, address), at)
    await writer.write(rows(1, `${address}-end`), at)
    const ids = await idsUntil(`${address}-end-0`, address)
    expect(ids).toEqual([...rows(100, address).ids, `${address}-end-0`])
    expect(writer.guarantee).toBe('idempotent')
  }, 60_000)

  test('as many ids are remembered as the sink says: the one before them comes through again', async () => {
    const address = name()
    const writer = await writing(address)
    await writer.open()
    const known = writer.remembers!
    await writer.write(rows(1, `${address}-old`), at)
    await writer.write(rows(known, address), at)
    const all = rows(known, address)
    const repeat = async (id: string) => writer.write({ ...outputs(['x']), ids: [id] }, at)
    // The newest half is what a sink may have under way; then the oldest.
    await repeat(all.ids[known - 1]!)
    await repeat(all.ids[known / 2]!)
    await repeat(`${address}-old-0`)
    await writer.write(rows(1, `${address}-end`), at)
    const ids = await idsUntil(`${address}-end-0`, address)
    expect(ids).toEqual([`${address}-old-0`, ...all.ids, `${address}-old-0`, `${address}-end-0`])
  }, 120_000)

  test('a rejected message goes to the dead letters, its neighbours do not', async () => {
    const address = name()
    const writer = await writing(address)
    await writer.write(rows(4, address), at)
    const reader = await reading({ address, kind: 'queue' })
    const exceptions: { receipt: number; index: number; outcome: { outcome: 'rejected'; condition: string; description: string } }[] = []
    let total = 0
    let last = 0
    while (total < 4) {
      const chunk = (await reader.next())!
      if (total === 0)
        exceptions.push({ receipt: chunk.receipt, index: 0, outcome: { outcome: 'rejected', condition: 'x:bad', description: 'no' } })
      total += chunk.length
      last = chunk.receipt
    }
    reader.settle(last, exceptions)
    const dead = await reading({ address: 'DLQ', kind: 'queue' })
    const chunk = (await dead.next())!
    expect(chunk.length).toBe(1)
    expect(Buffer.from(chunk.bytes).toString('latin1')).toContain(`${address}-0`)
    dead.settle(chunk.receipt)
  })

  test('a durable subscription keeps what is sent while its reader is away, and survives a restart of the broker', async () => {
    const address = name()
    const subscription = { name: 'desk', durable: true }
    const containerId = name()
    const first = await reading({ address, kind: 'topic', subscription, containerId })
    await until('attached', () => first.status().connected)
    await first.close('release')
    const writer = await writing(address, 'topic')
    await writer.write(rows(5, address), at)
    const second = await reading({ address, kind: 'topic', subscription, containerId })
    expect((await count(second, 5)).total).toBe(5)
    await broker.restart('kill')
    const { receipt, total } = await count(second, 5)
    expect(total).toBe(5)
    second.settle(receipt)
    await writer.write(rows(2, `${address}-b`), at)
    expect((await count(second, 2)).total).toBe(2)
    expect(second.status().reconnects).toBe(1)
  }, 60_000)

  test('wrong credentials are named', async () => {
    const reader = await reading({ address: 'x', url: `amqp://127.0.0.1:${broker.port}`, user: 'device', password: 'wrong' })
    await expect(reader.next()).rejects.toMatchObject({ code: 'MR305' })
    const anonymous = await reading({ address: 'x', url: `amqp://127.0.0.1:${broker.port}` })
    await expect(anonymous.next()).rejects.toMatchObject({ code: 'MR305' })
  })

  test('a selector is applied by the broker', async () => {
    const address = name()
    const reader = await reading({ address, kind: 'topic', selector: "room = 'b'" })
    await until('attached', () => reader.status().connected)
    const writer = await amqpSink('out', { url: broker.url, address, kind: 'topic', properties: { room: 'a' } }).open(connectorContext())
    const other = await amqpSink('out', { url: broker.url, address, kind: 'topic', properties: { room: 'b' } }).open(connectorContext())
    open.push(writer, other)
    await writer.write(rows(2, `${address}-a`), at)
    await other.write(rows(1, `${address}-b`), at)
    const chunk = (await reader.next())!
    expect(chunk.length).toBe(1)
    expect(Buffer.from(chunk.bytes).toString('latin1')).toContain(`${address}-b-0`)
  })
})
