import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Node, startNode } from '../../src/broker/index.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { protonAvailable } from '../peers/available.js'
import { type ProtonEvent, ProtonPeer } from '../peers/proton.js'
import { silentLog } from '../support/silent-log.js'

const available = protonAvailable()
const title = available.present ? 'addresses of the node' : `addresses of the node (skipped: ${available.reason})`
const bodies = (count: number, from = 0): { body: string }[] => Array.from({ length: count }, (_, i) => ({ body: `m${from + i}` }))
const textOf = (event: ProtonEvent): unknown => event['body']

describe.skipIf(!available.present)(title, () => {
  let node: Node
  let peers: ProtonPeer[]
  const peer = (containerId?: string): ProtonPeer => {
    const one = new ProtonPeer(node.url, containerId)
    peers.push(one)
    return one
  }
  const sender = async (address: string, capabilities: readonly string[] = []): Promise<ProtonPeer> => {
    const one = peer()
    one.do('sender', { link: 's', address, capabilities })
    await one.until('credit')
    return one
  }
  beforeEach(async () => {
    peers = []
    node = await startNode({ time: systemTime, random: systemRandom, log: silentLog })
  })
  afterEach(async () => {
    for (const one of peers) await one.kill()
    await node.close()
  })

  it('divides a shared subscription, and gives a plain subscriber everything', async () => {
    const readers = [peer('one'), peer('two')]
    for (const [i, reader] of readers.entries()) {
      reader.do('receiver', { link: `team|${i}`, address: 'news', capabilities: ['topic', 'shared', 'global'], credit: 100 })
      await reader.until('attached')
    }
    const plain = peer()
    plain.do('receiver', { link: 'team', address: 'news', capabilities: ['topic'], credit: 100 })
    await plain.until('attached')
    const from = await sender('news', ['topic'])
    from.do('send', { link: 's', messages: bodies(20) })
    await from.until('outcome', 20)
    await plain.until('message', 20)
    await expect.poll(() => readers.flatMap(reader => reader.of('message')).length).toBe(20)
    const parts = readers.map(reader => reader.of('message').map(textOf))
    expect(parts[0]!.length).toBe(10)
    expect([...parts[0]!, ...parts[1]!].sort()).toEqual(
      bodies(20)
        .map(one => one.body)
        .sort(),
    )
  })

  it('keeps a `topic::name` subscription while nobody reads, and lets its readers compete', async () => {
    const first = peer()
    first.do('receiver', { link: 'r', address: 'news::archive', credit: 0 })
    await first.until('attached')
    await first.stop()
    const from = await sender('news', ['topic'])
    from.do('send', { link: 's', messages: bodies(6) })
    await from.until('outcome', 6)
    const readers = [peer(), peer()]
    for (const reader of readers) {
      reader.do('receiver', { link: 'r', address: 'news::archive', credit: 3 })
      await reader.until('attached')
    }
    await expect.poll(() => readers.flatMap(reader => reader.of('message').map(textOf)).sort()).toEqual(bodies(6).map(one => one.body))
    const wrong = peer()
    wrong.do('sender', { link: 's', address: 'news::archive' })
    const [refused] = await wrong.until('link-error')
    expect(refused).toMatchObject({ error: { name: 'amqp:not-allowed' } })
  })

  it('gives each receiver of a multicast address its copy', async () => {
    const readers = [peer(), peer(), peer()]
    for (const reader of readers) {
      reader.do('receiver', { link: 'r', address: 'all', capabilities: ['multicast'], credit: 50 })
      await reader.until('attached')
    }
    const from = await sender('all', ['multicast'])
    from.do('send', { link: 's', messages: bodies(10) })
    for (const reader of readers) {
      expect((await reader.until('message', 10)).map(textOf)).toEqual(bodies(10).map(one => one.body))
      reader.do('settle', { outcomes: bodies(10).map((_, i) => [i, 'accepted']) })
    }
    const outcomes = await from.until('outcome', 10)
    expect(outcomes.every(one => one['outcome'] === 'accepted')).toBe(true)
  })

  it('relays an anonymous sender by the `to` of each message, and rejects one without', async () => {
    const reader = peer()
    for (const address of ['a', 'b']) reader.do('receiver', { link: address, address, credit: 10 })
    await reader.until('attached', 2)
    const from = peer()
    from.do('sender', { link: 's', address: null })
    await from.until('credit')
    from.do('send', {
      link: 's',
      messages: [{ body: '1', address: 'a' }, { body: '2', address: 'b' }, { body: '3' }, { body: '4', address: 'a' }],
    })
    const outcomes = new Map((await from.until('outcome', 4)).map(one => [one['body'], one]))
    expect(outcomes.get('3')).toMatchObject({ outcome: 'rejected', error: 'amqp:invalid-field' })
    for (const body of ['1', '2', '4']) expect(outcomes.get(body)).toMatchObject({ outcome: 'accepted' })
    const got = await reader.until('message', 3)
    expect(got.map(one => [one['link'], one['body']]).sort()).toEqual([
      ['a', '1'],
      ['a', '4'],
      ['b', '2'],
    ])
  })

  it('carries a request and its reply over a dynamic address that nobody can guess', async () => {
    const client = peer()
    client.do('receiver', { link: 'replies', dynamic: true, credit: 10 })
    const [attached] = await client.until('attached')
    const address = attached!['address'] as string
    expect(address).toMatch(/^dynamic\/[0-9a-f]{32}$/)
    const server = peer()
    server.do('receiver', { link: 'r', address: 'service', credit: 10 })
    await server.until('attached')
    client.do('sender', { link: 's', address: 'service' })
    await client.until('credit')
    client.do('send', { link: 's', messages: [{ body: 'how warm?', reply_to: address, correlation_id: 'q1' }] })
    const [request] = await server.until('message')
    expect(request).toMatchObject({ body: 'how warm?', reply_to: address })
    server.do('sender', { link: 'back', address: null })
    await server.until('credit')
    server.do('send', { link: 'back', messages: [{ body: '21', address: request!['reply_to'], correlation_id: request!['correlation'] }] })
    expect((await client.until('message'))[0]).toMatchObject({ link: 'replies', body: '21', correlation: 'q1' })
    client.do('close', { link: 'r:replies' })
    await expect.poll(() => node.addresses().some(one => one.name === address)).toBe(false)
  })

  it('lets a message go when its time to live is over', async () => {
    const from = await sender('work')
    from.do('send', { link: 's', messages: [{ body: 'short', ttl: 0.001 }, { body: 'long', ttl: 60 }, { body: 'for ever' }] })
    await from.until('outcome', 3)
    // The clock of the node is the machine's: a few ms are over once another peer has attached.
    const reader = peer()
    reader.do('receiver', { link: 'r', address: 'work', credit: 10 })
    expect((await reader.until('message', 2)).map(textOf)).toEqual(['long', 'for ever'])
    expect(node.addresses().find(one => one.name === 'work')).toMatchObject({ dropped: 1 })
  })

  it.each([1_000_000, 10_000_000])('passes a message of %d bytes in both directions', async size => {
    const body = `${'x'.repeat(size - 10)}0123456789`
    const from = await sender('large')
    from.do('send', { link: 's', messages: [{ body }, { body: 'small' }] })
    await from.until('outcome', 2)
    const reader = peer()
    reader.do('receiver', { link: 'r', address: 'large', credit: 10 })
    const got = await reader.until('message', 2)
    expect((got[0]!['body'] as string) === body).toBe(true)
    expect(got[1]!['body']).toBe('small')
  })
})
