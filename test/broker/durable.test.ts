import { afterEach, describe, expect, it } from 'vitest'
import { type Node, type NodeOptions, startNode } from '../../src/broker/index.js'
import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { systemRandom } from '../../src/runtime/system-random.js'
import { systemTime } from '../../src/runtime/system-time.js'
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
})
