import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Node, startNode } from '../../src/broker/index.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { protonAvailable } from '../peers/available.js'
import { ProtonPeer } from '../peers/proton.js'
import { silentLog } from '../support/silent-log.js'

const available = protonAvailable()
const title = available.present ? 'the node and Proton' : `the node and Proton (skipped: ${available.reason})`
const bodies = (count: number): { body: string }[] => Array.from({ length: count }, (_, i) => ({ body: `m${i}` }))

describe.skipIf(!available.present)(title, () => {
  let node: Node
  let peers: ProtonPeer[]
  const peer = (containerId?: string): ProtonPeer => {
    const one = new ProtonPeer(node.url, containerId)
    peers.push(one)
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

  it('takes one link name for both directions', async () => {
    const a = peer()
    a.do('sender', { link: 'x', address: 'work' })
    a.do('receiver', { link: 'x', address: 'work', credit: 10 })
    await a.until('attached', 2)
    await a.until('credit')
    a.do('send', { link: 'x', messages: bodies(3) })
    const got = await a.until('message', 3)
    expect(got.map(one => one['body'])).toEqual(['m0', 'm1', 'm2'])
    await a.until('outcome', 3)
  })

  it('lets each sender see each receiver outcome, given in one turn, on a direct address', async () => {
    const receiver = peer()
    receiver.do('receiver', { link: 'r', address: 'direct', capabilities: ['anycast'], credit: 100 })
    await receiver.until('attached')
    const sender = peer()
    sender.do('sender', { link: 's', address: 'direct', capabilities: ['anycast'] })
    await sender.until('credit')
    const given = [
      'released',
      'accepted',
      'accepted',
      'accepted',
      'rejected',
      'accepted',
      'failed',
      'released',
      'accepted',
      'rejected',
      'rejected',
      'accepted',
    ]
    sender.do('send', { link: 's', messages: bodies(given.length) })
    await receiver.until('message', given.length)
    receiver.do('settle', { outcomes: given.map((outcome, i) => [i, outcome]) })
    const seen = await sender.until('outcome', given.length)
    const byBody = new Map(seen.map(one => [one['body'], one['outcome']]))
    expect(given.map((_, i) => byBody.get(`m${i}`))).toEqual(given.map(one => (one === 'failed' ? 'modified' : one)))
  })

  it('never sends more than the credit, with many unsettled, and brings back what a killed receiver held', async () => {
    const sender = peer()
    sender.do('sender', { link: 's', address: 'work' })
    await sender.until('credit')
    sender.do('send', { link: 's', messages: bodies(900) })
    await sender.until('outcome', 900)
    const first = peer()
    first.do('receiver', { link: 'r', address: 'work', credit: 200 })
    await first.until('message', 200)
    first.do('credit', { link: 'r', credit: 300 })
    await first.until('message', 500)
    first.do('drain', { link: 'r', credit: 0 })
    expect(first.of('message')).toHaveLength(500)
    await first.kill()
    const second = peer()
    second.do('receiver', { link: 'r', address: 'work', credit: 2000 })
    const got = await second.until('message', 900)
    expect(got.map(one => one['body'])).toEqual(bodies(900).map(one => one.body))
    expect(got[0]).toMatchObject({ count: 1, first: false })
    expect(got[899]).toMatchObject({ count: 0 })
  })

  it('answers a drain', async () => {
    const a = peer()
    a.do('receiver', { link: 'r', address: 'empty', credit: 0 })
    await a.until('attached')
    a.do('drain', { link: 'r', credit: 5 })
    await a.until('drained')
    a.do('sender', { link: 's', address: 'empty' })
    await a.until('credit')
    a.do('send', { link: 's', messages: bodies(1) })
    await a.until('outcome')
    expect(a.of('message')).toHaveLength(0)
  })

  it('counts failed deliveries and buries what was rejected', async () => {
    const a = peer()
    a.do('sender', { link: 's', address: 'work' })
    a.do('receiver', { link: 'r', address: 'work', credit: 100 })
    await a.until('credit')
    a.do('send', { link: 's', messages: bodies(3) })
    await a.until('message', 3)
    a.do('settle', {
      outcomes: [
        [0, 'failed'],
        [1, 'rejected'],
        [2, 'released'],
      ],
    })
    const again = (await a.until('message', 5)).slice(3)
    expect(again.map(one => [one['body'], one['count']])).toEqual([
      ['m0', 1],
      ['m2', 0],
    ])
    a.do('receiver', { link: 'dead', address: 'DLQ', credit: 10 })
    const [dead] = await a.until('message', 1, one => one['link'] === 'dead')
    expect(dead).toMatchObject({ body: 'm1' })
  })

  it('keeps a durable subscription over detach and loss, and ends it on close', async () => {
    const sender = peer()
    sender.do('sender', { link: 's', address: 'news', capabilities: ['topic'] })
    await sender.until('credit')
    const subscribe = { link: 'sub', address: 'news', capabilities: ['topic'], durable: true, credit: 10 }
    const first = peer('station')
    first.do('receiver', subscribe)
    await first.until('attached')
    await first.kill()
    sender.do('send', { link: 's', messages: bodies(3) })
    await sender.until('outcome', 3)
    const second = peer('station')
    second.do('receiver', subscribe)
    const got = await second.until('message', 3)
    second.do('settle', { outcomes: got.map(one => [one['number'], 'accepted']) })
    second.do('close', { link: 'r:sub' })
    await second.stop()
    sender.do('send', { link: 's', messages: [{ body: 'unheard' }] })
    await sender.until('outcome', 4)
    const third = peer('station')
    third.do('receiver', subscribe)
    await third.until('attached')
    sender.do('send', { link: 's', messages: [{ body: 'last' }] })
    expect((await third.until('message'))[0]).toMatchObject({ body: 'last' })
  })

  it('gives a selecting consumer what it selects and others the rest', async () => {
    const a = peer()
    a.do('sender', { link: 's', address: 'work' })
    a.do('receiver', { link: 'hot', address: 'work', selector: "room = 'attic' AND celsius > 30", credit: 10 })
    await a.until('credit')
    const readings = [10, 31, 35, 5].map((celsius, i) => ({ body: i, properties: { room: i === 2 ? 'hall' : 'attic', celsius } }))
    a.do('send', { link: 's', messages: readings })
    await a.until('outcome', 4)
    a.do('receiver', { link: 'rest', address: 'work', credit: 10 })
    const got = await a.until('message', 4)
    expect(got.map(one => [one['link'], one['body']])).toEqual([
      ['hot', 1],
      ['rest', 0],
      ['rest', 2],
      ['rest', 3],
    ])
  })

  it('refuses a selector it does not understand, and only that link', async () => {
    const a = peer()
    a.do('receiver', { link: 'bad', address: 'work', selector: 'room ~ 3', credit: 1 })
    const [error] = await a.until('link-error')
    expect(error).toMatchObject({ link: 'bad', error: { name: 'amqp:invalid-field' } })
    a.do('receiver', { link: 'good', address: 'work', credit: 1 })
    a.do('sender', { link: 's', address: 'work' })
    await a.until('credit')
    a.do('send', { link: 's', messages: bodies(1) })
    expect((await a.until('message'))[0]).toMatchObject({ link: 'good' })
  })

  it('makes a reply address for a dynamic receiver', async () => {
    const a = peer()
    a.do('receiver', { link: 'reply', dynamic: true, credit: 10 })
    const [attached] = await a.until('attached', 1, one => one['link'] === 'reply')
    a.do('sender', { link: 'anonymous' })
    await a.until('credit')
    a.do('send', { link: 'anonymous', messages: [{ body: 'answer', address: attached!['address'] }, { body: 'nowhere' }] })
    expect((await a.until('message'))[0]).toMatchObject({ body: 'answer', link: 'reply' })
    const outcomes = await a.until('outcome', 2)
    expect(outcomes.map(one => one['outcome'])).toEqual(['accepted', 'rejected'])
    a.do('close', { link: 'r:reply' })
    await expect.poll(() => node.addresses().some(one => one.name === attached!['address'])).toBe(false)
  })

  it('aggregates the outcomes of a multicast', async () => {
    const receivers = [peer(), peer()]
    for (const one of receivers) one.do('receiver', { link: 'r', address: 'all', capabilities: ['multicast'], credit: 10 })
    for (const one of receivers) await one.until('attached')
    const sender = peer()
    sender.do('sender', { link: 's', address: 'all', capabilities: ['multicast'] })
    await sender.until('credit')
    sender.do('send', { link: 's', messages: bodies(4) })
    for (const one of receivers) await one.until('message', 4)
    receivers[0]!.do('settle', {
      outcomes: [
        [0, 'accepted'],
        [1, 'accepted'],
        [2, 'released'],
        [3, 'released'],
      ],
    })
    receivers[1]!.do('settle', {
      outcomes: [
        [0, 'accepted'],
        [1, 'rejected'],
        [2, 'accepted'],
        [3, 'failed'],
      ],
    })
    const outcomes = new Map((await sender.until('outcome', 4)).map(one => [one['body'], one['outcome']]))
    expect([...outcomes.entries()].sort()).toEqual([
      ['m0', 'accepted'],
      ['m1', 'rejected'],
      ['m2', 'accepted'],
      ['m3', 'modified'],
    ])
  })

  it('gives a direct sender credit only while someone listens, and tells what became of the rest', async () => {
    const sender = peer()
    sender.do('sender', { link: 's', address: 'direct', capabilities: ['anycast'] })
    await sender.until('attached')
    const receiver = peer()
    receiver.do('receiver', { link: 'r', address: 'direct', capabilities: ['anycast'], credit: 3 })
    const [credit] = await sender.until('credit')
    expect(credit).toMatchObject({ credit: 250 })
    sender.do('send', { link: 's', messages: bodies(6) })
    await receiver.until('message', 3)
    await receiver.kill()
    const outcomes = await sender.until('outcome', 6)
    expect(
      outcomes
        .filter(one => one['outcome'] === 'modified')
        .map(one => one['body'])
        .sort(),
    ).toEqual(['m0', 'm1', 'm2'])
    expect(
      outcomes
        .filter(one => one['outcome'] === 'released')
        .map(one => one['body'])
        .sort(),
    ).toEqual(['m3', 'm4', 'm5'])
    await sender.until('credit', 1, one => one['drain'] === true)
  })
})
