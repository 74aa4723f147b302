import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeMessage } from '../../src/amqp/encode-message.js'
import { type Node, type NodeOptions, startNode } from '../../src/broker/index.js'
import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { systemDisk } from '../../src/runtime/seams/system-disk.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { recordingLog } from '../support/recording-log.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'
import { DurablePeer, numbered } from './durable-peer.js'

const folder = 'node'
const nodes: Node[] = []
const peers: DurablePeer[] = []
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  for (const node of nodes.splice(0)) await node.close()
})

const start = async (disk: MemoryDisk, options: Partial<NodeOptions> = {}, segmentBytes = 64 * 1024): Promise<Node> => {
  const data = { disk, folder, segmentBytes }
  const node = await startNode({ time: systemTime, random: systemRandom, log: silentLog, data, version: '1.2.3', ...options })
  nodes.push(node)
  return node
}
const connect = (node: Node, containerId?: string): DurablePeer => {
  const peer = new DurablePeer(node.url, containerId)
  peers.push(peer)
  return peer
}
const LARGE = 50_000
const large = (n: number): Uint8Array => encodeMessage({ durable: true, body: { value: `${n}${'x'.repeat(LARGE)}` } })

/** Bytes of buffers that are still referred to. */
const bufferBytes = async (): Promise<number> => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  await new Promise(resolve => setImmediate(resolve))
  collect()
  return process.memoryUsage().arrayBuffers
}
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i)

/** What a kill leaves: the files as they are. */
const killed = (disk: MemoryDisk): MemoryDisk => disk.copy()

describe('durable queues', () => {
  it('keep what was accepted over a kill, in order, without what was consumed', async () => {
    const disk = memoryDisk()
    const first = await start(disk)
    const sender = connect(first).sender('work')
    for (const n of upTo(100)) sender.send(n)
    await until('all accepted', () => sender.accepted.length === 100)
    const reader = connect(first).receiver({ source: { address: 'work' }, credit: 0, accepts: false })
    reader.link.add_credit(40)
    await until('40 delivered', () => reader.got.length === 40)
    expect(reader.got[0]).toEqual({ n: 0, count: 0, first: true })
    reader.link.close()
    await until('all back', () => first.addresses()[0]!.depth === 100)
    const taker = connect(first).receiver({ source: { address: 'work' }, credit: 0 })
    taker.link.add_credit(10)
    await until('10 consumed', () => first.addresses()[0]!.depth === 90)
    await first.close()
    const second = await start(killed(disk))
    expect(second.addresses()).toMatchObject([{ name: 'work', type: 'queue', depth: 90 }])
    const last = connect(second).receiver({ source: { address: 'work' } })
    await until('the rest', () => last.got.length === 90)
    expect(last.numbers).toEqual(upTo(90, 10))
    expect(last.got.slice(0, 30).every(({ count, first }) => count === 1 && !first)).toBe(true)
    expect(last.got.slice(30).every(({ count, first }) => count === 0 && first)).toBe(true)
  })

  it('accept nothing before it is on the disk', async () => {
    const disk = memoryDisk()
    const node = await start(disk)
    const peer = connect(node)
    const sender = peer.sender('work')
    sender.send(0)
    const reader = connect(node).receiver({ source: { address: 'work' } })
    await until('the first', () => sender.accepted.length === 1 && reader.got.length === 1)
    disk.onWrite = () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    sender.send(1)
    sender.send(2, numbered(2, { durable: false }))
    const other = peer.sender('other')
    other.send(3, numbered(3, { durable: false }))
    await until(
      'the other',
      () => node.addresses().some(one => one.name === 'other' && one.received + one.depth > 0) || other.link.credit === 0,
    )
    expect(reader.numbers).toEqual([0])
    expect(sender.accepted).not.toContain(1)
    disk.onWrite = (_path, bytes) => bytes
    await until('all', () => reader.got.length === 3)
    expect(reader.numbers).toEqual([0, 1, 2])
    expect(sender.accepted.toSorted()).toEqual([0, 1, 2])
  })

  it('drop repeated ids, also after a restart and once the message is gone', async () => {
    const disk = memoryDisk()
    const first = await start(disk)
    const peer = connect(first)
    const sender = peer.sender('work')
    for (const n of [1, 2, 1, 3, 2]) sender.send(n, numbered(n, { id: `id-${n}` }))
    await until('all accepted', () => sender.accepted.length === 5)
    expect(peer.properties).toMatchObject({ product: 'Millrace', version: '1.2.3', 'duplicate-ids': 20_000, durable: true })
    const reader = connect(first).receiver({ source: { address: 'work' } })
    await until('three', () => reader.got.length === 3)
    expect(reader.numbers).toEqual([1, 2, 3])
    await until('none left', () => first.addresses()[0]!.depth === 0)
    await first.close()
    const second = await start(killed(disk))
    const again = connect(second).sender('work')
    for (const n of [3, 4, 1, 2]) again.send(n, numbered(n, { id: `id-${n}` }))
    await until('all accepted again', () => again.accepted.length === 4)
    const last = connect(second).receiver({ source: { address: 'work' } })
    await until('one', () => last.got.length > 0)
    expect(second.addresses()[0]).toMatchObject({ received: 1 })
    expect(last.numbers).toEqual([4])
  })

  it('stay short on disk, though one old message is never consumed', async () => {
    const disk = memoryDisk()
    const first = await start(disk)
    const sender = connect(first).sender('work')
    const old = connect(first).sender('old')
    old.send(7)
    await until('the old one', () => old.accepted.length === 1)
    const reader = connect(first).receiver({ source: { address: 'work' } })
    for (const n of upTo(20_000)) sender.send(n)
    await until('all through', () => reader.got.length === 20_000 && sender.accepted.length === 20_000)
    expect(reader.numbers).toEqual(upTo(20_000))
    await until('short', () => [...disk.files.values()].reduce((sum, bytes) => sum + bytes.length, 0) < 5 * 64 * 1024 + 4096)
    await first.close()
    const second = await start(killed(disk))
    const last = connect(second).receiver({ source: { address: 'old' } })
    await until('it', () => last.got.length === 1)
    expect(last.got).toEqual([{ n: 7, count: 0, first: true }])
  })

  it('keep durable subscriptions and kinds of addresses, and forget what is not durable', async () => {
    const disk = memoryDisk()
    const first = await start(disk, { addresses: { fixed: { type: 'multicast' } } })
    const lasting = { name: 'sub', source: { address: 'news', capabilities: ['topic'], durable: 2, expiry_policy: 'never' as const } }
    const passing = { name: 'tmp', source: { address: 'news', capabilities: ['topic'] } }
    connect(first, 'me').receiver({ ...lasting, credit: 0 })
    connect(first).receiver({ source: { address: 'news::archive' }, credit: 0 })
    const heard = connect(first).receiver(passing)
    await until('three', () => first.addresses().filter(one => one.type === 'subscription').length === 3)
    const sender = connect(first).sender('news', 'topic')
    for (const n of upTo(5)) sender.send(n, numbered(n, { durable: n !== 3 }))
    await until('all heard', () => heard.got.length === 5 && sender.accepted.length === 5)
    const second = await start(killed(disk), { addresses: { fixed: { type: 'multicast' } } })
    expect(second.addresses().map(({ name, type, depth }) => [name, type, depth])).toEqual([
      ['fixed', 'multicast', 0],
      ['news', 'topic', 8],
      ['news::archive', 'subscription', 4],
      ['news::me/sub', 'subscription', 4],
    ])
    const again = connect(second, 'me').receiver(lasting)
    await until('four', () => again.got.length === 4)
    expect(again.numbers).toEqual([0, 1, 2, 4])
    const stolen = connect(second, 'me').receiver(lasting)
    await until('moved', () => again.link.is_closed())
    const more = connect(second).sender('news', 'topic')
    more.send(9)
    await until('it', () => stolen.got.length === 1)
    stolen.link.close()
    await until('unsubscribed', () => !second.addresses().some(one => one.name === 'news::me/sub'))
    const third = await start(killed(disk))
    expect(third.addresses().length).toBeGreaterThan(0)
    await expect(start(killed(disk), { addresses: { news: { type: 'queue' } } })).rejects.toMatchObject({ code: 'MR702' })
  })

  it('make senders wait while the disk is full, and go on by themselves as receivers make room', async () => {
    const disk = memoryDisk()
    const size = (): number => [...disk.files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    const limit = 400 * 1024
    disk.onWrite = (_path, bytes) => {
      const room = limit - size()
      if (room <= 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      return Math.min(bytes, room)
    }
    const node = await start(disk)
    const sender = connect(node).sender('work')
    for (const n of upTo(10_000)) sender.send(n, n < 200 ? numbered(n, { id: `id-${n}` }) : undefined)
    await until('full', () => size() >= limit && sender.link.credit === 0)
    const before = sender.accepted.length
    expect(before).toBeLessThan(10_000)
    const reader = connect(node).receiver({ source: { address: 'work' } })
    await until('all through', () => reader.got.length === 10_000)
    expect(reader.numbers).toEqual(upTo(10_000))
    await until('all accepted', () => sender.accepted.length === 10_000)
  })

  it('hold no body in memory that a receiver has had, though it was read at the start', async () => {
    const data = { disk: systemDisk, folder: await mkdtemp(join(tmpdir(), 'millrace-node-')), segmentBytes: 64 * 1024 }
    const seams = { time: systemTime, random: systemRandom, log: silentLog }
    await (async () => {
      const first = await startNode({ ...seams, data })
      const peer = new DurablePeer(first.url)
      const sender = peer.sender('work')
      for (const n of upTo(200)) sender.send(n, large(n))
      await until('all accepted', () => sender.accepted.length === 200)
      peer.close()
      await first.close()
    })()
    const second = await startNode({ ...seams, data })
    nodes.push(second)
    const before = await bufferBytes()
    const reader = connect(second).receiver({ source: { address: 'work' } })
    await until('all gone', () => reader.got.length === 200 && second.addresses()[0]!.depth === 0)
    await until('free', async () => (await bufferBytes()) < before - 150 * LARGE, 10_000)
    await rm(data.folder, { recursive: true })
  })

  it('bound what all queues hold together: senders to every queue wait, until a receiver comes to any', async () => {
    const log = recordingLog()
    const node = await start(memoryDisk(), { memoryBytes: 400_000, log })
    const senders = ['a', 'b', 'c'].map(address => connect(node).sender(address))
    for (const sender of senders) for (const n of upTo(3000)) sender.send(n)
    const held = (): number => node.addresses().reduce((sum, { bytes }) => sum + bytes, 0)
    await until('full', () => log.lines.some(({ fields }) => fields['code'] === 'MR710') && senders.every(({ link }) => link.credit === 0))
    expect(held()).toBeLessThan(1.5 * 400_000)
    const late = connect(node).sender('late')
    late.send(0)
    const readers = ['a', 'b', 'c', 'late'].map(address => connect(node).receiver({ source: { address } }))
    await until('all sent', () => senders.every(({ accepted, other }) => accepted.length + other.length === 3000))
    await until('all through', () => readers.every(({ got }, i) => got.length === (senders[i]?.accepted.length ?? 1)))
    // What was given back is the sender's to send again.
    for (const [i, { accepted }] of senders.entries()) expect(readers[i]!.numbers).toEqual(accepted)
    expect(senders.every(({ accepted }) => accepted.length > 100)).toBe(true)
    await until('none held', () => held() === 0)
  })

  it('hold no more bytes of large messages than they may, and what several senders were lent; none is given back', async () => {
    const queueBytes = 4 * 2 ** 20
    const node = await start(memoryDisk(), { queueBytes }, 2 ** 20)
    const senders = upTo(3).map(() => connect(node).sender('work'))
    for (const sender of senders) for (const n of upTo(120)) sender.send(n, large(n))
    const queue = () => node.addresses()[0]!
    await until('full', () => queue().full && senders.every(({ link }) => link.credit === 0))
    // A sender may have a message or two under way when another one fills the queue.
    expect(queue().bytes).toBeLessThanOrEqual(queueBytes + 4 * (LARGE + 1_000))
    connect(node).receiver({ source: { address: 'work' } })
    await until('all accepted', () => senders.every(({ accepted }) => accepted.length === 120))
    expect(senders.flatMap(({ other }) => other)).toEqual([])
    await until('all through', () => queue().depth === 0)
  })

  it('take in more from a link without address than it has credit for at once, pre-settled or not', async () => {
    const disk = memoryDisk()
    const node = await start(disk)
    const sender = connect(node).sender('')
    const presettled = connect(node).connection.open_sender({ target: {}, snd_settle_mode: 1 })
    let sent = 0
    const more = (): void => {
      while (sent < 1_000 && presettled.sendable())
        presettled.send(
          Buffer.from(encodeMessage({ durable: true, to: 'work', body: { value: 1_000 + sent++ } })),
          Buffer.from(`p${sent}`),
          0,
        )
    }
    presettled.on('sendable', more)
    for (const n of upTo(1_000)) sender.send(n, encodeMessage({ durable: true, to: 'work', body: { value: n } }))
    const reader = connect(node).receiver({ source: { address: 'work' } })
    await until('all through', () => reader.got.length === 2_000)
    expect(reader.numbers.toSorted((a, b) => a - b)).toEqual(upTo(2_000))
    await until('all accepted', () => sender.accepted.length === 1_000)
  })

  it('refuse a damaged folder by name, and one that is written by a newer release', async () => {
    const disk = memoryDisk()
    const first = await start(disk)
    const sender = connect(first).sender('work')
    for (const n of upTo(20)) {
      sender.send(n)
      await until('accepted', () => sender.accepted.length === n + 1)
    }
    await first.close()
    const damaged = killed(disk)
    const [name, bytes] = [...damaged.files].find(([path]) => path.endsWith('.seg'))!
    bytes[4096 + 600]! ^= 0x10
    damaged.files.set(name, bytes)
    await expect(start(damaged)).rejects.toMatchObject({ code: 'MR442' })
  })

  it('stop once another node has taken their folder over', async () => {
    const disk = memoryDisk()
    const failures: string[] = []
    const first = await start(disk, { onFailure: error => failures.push(error.code) })
    const peer = connect(first)
    const sender = peer.sender('work')
    sender.send(1)
    await until('accepted', () => sender.accepted.length === 1)
    const second = await start(disk)
    sender.send(2)
    await until('the end', () => peer.ended)
    expect(failures).toEqual(['MR440'])
    expect(sender.accepted).toEqual([1])
    const reader = connect(second).receiver({ source: { address: 'work' } })
    await until('one', () => reader.got.length > 0)
    expect(reader.numbers).toEqual([1])
  })
})
