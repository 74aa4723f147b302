import { afterEach, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import { decodeMessage } from '../../src/amqp/rhea.js'
import { type Node, type NodeData, startNode } from '../../src/broker/index.js'
import type { SourceReader } from '../../src/connector/source.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const node = async (port = 0, data?: NodeData): Promise<Node> => {
  const { time, random, log } = connectorContext()
  const started = await startNode({ port, time, random, log, ...(data && { data }) })
  open.push(started)
  return started
}
const at = { entry: 0, ordinal: 0 }

async function count(reader: SourceReader, messages: number): Promise<{ receipt: number; total: number }> {
  let total = 0
  let receipt = 0
  while (total < messages) {
    const chunk = await reader.next()
    if (!chunk) break
    total += chunk.length
    receipt = chunk.receipt
  }
  return { receipt, total }
}

test('rows go through the embedded node to a source, unsettled beyond its credit', async () => {
  const { url } = await node()
  const context = connectorContext({ embeddedNode: url })
  const writer = await amqpSink('alerts', { address: 'alerts' }).open(context)
  const reader = await amqp({ address: 'alerts', decode: raw(), credit: 100 }).open(context)
  open.push(writer, { close: () => reader.close('release') })
  const rows = Array.from({ length: 1_000 }, (_, i) => `room-${i}`)
  await writer.write(outputs(rows), at)
  const { receipt, total } = await count(reader, 1_000)
  expect(total).toBe(1_000)
  expect(reader.status().unsettled).toBe(1_000)
  reader.settle(receipt)
  expect(reader.status()).toMatchObject({ unsettled: 0, live: true, endpoint: url })
})

test('released at close, the messages are there for the next reader', async () => {
  const { url } = await node()
  const context = connectorContext({ embeddedNode: url })
  const writer = await amqpSink('out', { address: 'work' }).open(context)
  open.push(writer)
  await writer.write(outputs(['a', 'b', 'c']), at)
  const first = await amqp({ address: 'work', decode: raw() }).open(context)
  expect((await count(first, 3)).total).toBe(3)
  await first.close('release')
  const second = await amqp({ address: 'work', decode: raw() }).open(context)
  open.push({ close: () => second.close('release') })
  expect((await count(second, 3)).total).toBe(3)
})

test('a sink counts on a node in memory for nothing: its ids end with its process', async () => {
  const { url } = await node()
  const writer = await amqpSink('alerts', { address: 'alerts' }).open(connectorContext({ embeddedNode: url }))
  open.push(writer)
  await writer.open()
  expect(writer).toMatchObject({ guarantee: 'append', remembers: undefined, why: expect.stringContaining('in memory only') })
})

test('a sink sends again to a node that was started anew, and the result is there once', async () => {
  const data = { disk: memoryDisk(), folder: 'node' }
  const first = await node(0, data)
  const writer = await amqpSink('alerts', { address: 'alerts' }).open(connectorContext({ embeddedNode: first.url }))
  await writer.write(outputs(['a', 'b'], { ids: ['id-a', 'id-b'] }), at)
  await writer.close()
  await first.close()
  const second = await node(0, { ...data, disk: data.disk.copy() })
  const context = connectorContext({ embeddedNode: second.url })
  const again = await amqpSink('alerts', { address: 'alerts' }).open(context)
  open.push(again)
  await again.write(outputs(['a', 'b', 'c'], { ids: ['id-a', 'id-b', 'id-c'] }), at)
  expect(second.addresses().map(({ name, depth }) => [name, depth])).toEqual([['alerts', 3]])
})

test('a sink knows that the node drops repeats, and it does, but for those it has forgotten', async () => {
  const { url } = await node(0, { disk: memoryDisk(), folder: 'node' })
  const context = connectorContext({ embeddedNode: url })
  const writer = await amqpSink('alerts', { address: 'alerts' }).open(context)
  open.push(writer)
  await writer.open()
  expect(writer).toMatchObject({ guarantee: 'idempotent', remembers: 20_000 })
  const named = (prefix: string, length: number) => {
    const ids = Array.from({ length }, (_, i) => `${prefix}${i}`)
    return outputs(ids, { ids })
  }
  await writer.write(named('old', 1), at)
  for (let i = 0; i < 2; i++) await writer.write(named('new', 20_000), at)
  await writer.write(named('old', 1), at)
  const reader = await amqp({ address: 'alerts', decode: raw() }).open(context)
  open.push({ close: () => reader.close('release') })
  const ids: string[] = []
  while (ids.length < 20_002) {
    const chunk = (await reader.next())!
    for (let i = 0; i < chunk.length; i++) ids.push(String(decodeMessage(chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])).message_id))
  }
  expect(ids).toEqual(['old0', ...named('new', 20_000).ids, 'old0'])
})

test('a direct link: the sink waits for a receiver without a deadline', async () => {
  const { url } = await node()
  const context = connectorContext({ embeddedNode: url })
  const writer = await amqpSink('out', { address: 'direct', kind: 'anycast' }).open(context)
  open.push(writer)
  const written = writer.write(outputs(['a', 'b']), at)
  await until('no credit', () => writer.status().waiting?.for.startsWith('credit') === true)
  const reader = await amqp({ address: 'direct', kind: 'anycast', decode: raw() }).open(context)
  open.push({ close: () => reader.close('release') })
  const { receipt } = await count(reader, 2)
  expect(writer.status().pending).toBe(2)
  reader.settle(receipt)
  await written
})

test('node gone and back: source and sink go on by themselves', async () => {
  const first = await node()
  const context = connectorContext({ embeddedNode: first.url })
  const writer = await amqpSink('out', { address: 'work' }).open(context)
  const reader = await amqp({ address: 'work', decode: raw() }).open(context)
  open.push(writer, { close: () => reader.close('release') })
  await until('attached', () => reader.status().connected)
  await first.close()
  await until('down', () => !reader.status().connected && reader.status().downSince !== undefined)
  const written = writer.write(outputs(['a', 'b', 'c']), at)
  await node(first.port)
  expect((await count(reader, 3)).total).toBe(3)
  await written
  expect(reader.status().reconnects).toBe(1)
})

test('a link that the node refuses is never called attached, on either side', async () => {
  const { time, random, log } = connectorContext()
  const small = await startNode({ time, random, log, maxAddresses: 1, addresses: { taken: { type: 'queue' } } })
  open.push(small)
  const context = connectorContext({ embeddedNode: small.url })
  const reader = await amqp({ address: 'second', decode: raw() }).open(context)
  const writer = await amqpSink('alerts', { address: 'third' }).open(context)
  open.push(writer, { close: () => reader.close('release') })
  void writer.write(outputs(['a']), at).catch(() => {})
  await until('both refused', () => context.lines.filter(line => line.message.includes('MR708')).length >= 2)
  expect(context.lines.filter(line => line.message.startsWith('attached'))).toEqual([])
  expect(reader.status()).toMatchObject({ connected: false, detail: expect.stringMatching(/^waits for second: .*1 addresses at most/) })
  expect(writer.status().waiting?.for).toContain("'third'")
})

test('check says who answered, warns of an absent broker, and refuses wrong users', async () => {
  const context = connectorContext()
  const { time, random, log } = context
  const guarded = await startNode({ port: 0, time, random, log, users: { device: 'right' } })
  open.push(guarded)
  const check = (options: object) => amqp({ address: 'a', decode: raw(), ...options }).check(context, 3_000)
  expect(await check({ url: guarded.url, user: 'device', password: 'right' })).toMatchObject([{ ok: true }])
  expect(await check({ url: guarded.url, user: 'device', password: 'wrong' })).toMatchObject([
    { ok: false, code: 'MR305', severity: 'error' },
  ])
  const gone = await startNode({ port: 0, time, random, log })
  await gone.close()
  expect(await check({ url: gone.url })).toMatchObject([{ ok: false, code: 'MR307', severity: 'warning' }])
})

test('a node of its own process is asked each second, so that it is there as soon as it is back; another broker ever less often', async () => {
  const { url, close } = await node()
  await close()
  const longest = async (embeddedNode: string | undefined): Promise<number> => {
    const time = virtualTime()
    const reader = await amqp({ url, address: 'work', decode: raw() }).open(connectorContext({ embeddedNode, time }))
    open.push({ close: () => reader.close('release') })
    let most = 0
    for (let tries = 0; tries < 9; tries++) {
      const pause = await until('the next pause', async () => {
        await time.settle()
        return /next try in ([\d.]+) s/.exec(reader.status().detail)?.[1]
      })
      most = Math.max(most, Number(pause))
      await time.advance(Number(pause) * 1_000 + 60)
    }
    return most
  }
  expect(await longest(url)).toBeLessThanOrEqual(1)
  expect(await longest(undefined)).toBeGreaterThan(5)
})
