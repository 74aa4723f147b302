import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { protonAvailable } from './available.js'
import { ProtonPeer } from './proton.js'
import { type Router, startRouter } from './router.js'

const available = protonAvailable()
const title = available.present ? 'the scripted router' : `the scripted router (skipped: ${available.reason})`
const bodies = (count: number): { body: string }[] => Array.from({ length: count }, (_, i) => ({ body: `m${i}` }))

describe.skipIf(!available.present)(title, () => {
  let router: Router
  let peers: ProtonPeer[]
  const peer = (): ProtonPeer => {
    const one = new ProtonPeer(router.url)
    peers.push(one)
    return one
  }
  const attach = async (direction: 'sender' | 'receiver', address: string, credit = 0): Promise<ProtonPeer> => {
    const one = peer()
    one.do(direction, { link: 'l', address, credit })
    await one.until('attached')
    return one
  }
  beforeEach(async () => {
    peers = []
    router = await startRouter()
  })
  afterEach(async () => {
    for (const one of peers) await one.kill()
    await router.stop()
  })

  it('gives its own window once a receiver is there, and passes outcomes on', async () => {
    const sender = await attach('sender', 'direct')
    expect(sender.of('credit').filter(one => one['credit'] !== 0)).toEqual([])
    const receiver = await attach('receiver', 'direct', 4)
    expect((await sender.until('credit', 1, one => one['credit'] !== 0))[0]).toMatchObject({ credit: 250 })
    sender.do('send', { link: 'l', messages: bodies(4) })
    await receiver.until('message', 4)
    receiver.do('settle', {
      outcomes: [
        [0, 'rejected'],
        [1, 'accepted'],
        [2, 'failed'],
        [3, 'released'],
      ],
    })
    const outcomes = new Map((await sender.until('outcome', 4)).map(one => [one['body'], one['outcome']]))
    expect(sender.of('outcome').find(one => one['body'] === 'm0')).toMatchObject({ error: 'test:poison' })
    expect([...outcomes].sort()).toEqual([
      ['m0', 'rejected'],
      ['m1', 'accepted'],
      ['m2', 'modified'],
      ['m3', 'released'],
    ])
  })

  it('gives back what a receiver had and what waited, then releases and drains', async () => {
    const receiver = await attach('receiver', 'direct', 3)
    const sender = await attach('sender', 'direct')
    await sender.until('credit', 1, one => one['credit'] === 250)
    sender.do('send', { link: 'l', messages: bodies(6) })
    await receiver.until('message', 3)
    await receiver.kill()
    const outcomes = await sender.until('outcome', 6)
    const of = (kind: string): unknown[] =>
      outcomes
        .filter(one => one['outcome'] === kind)
        .map(one => one['body'])
        .sort()
    expect([of('modified'), of('released')]).toEqual([
      ['m0', 'm1', 'm2'],
      ['m3', 'm4', 'm5'],
    ])
    expect(sender.of('credit').filter(one => one['drain'] === true)).toEqual([])
    sender.do('send', { link: 'l', messages: [{ body: 'late' }] })
    expect((await sender.until('outcome', 7))[6]).toMatchObject({ body: 'late', outcome: 'released' })
    await sender.until('credit', 1, one => one['drain'] === true)
    const second = await attach('sender', 'direct')
    expect(second.of('credit').filter(one => one['credit'] !== 0)).toEqual([])
  })

  it('copies a multicast, and tells a rejection without its error', async () => {
    const receivers = [await attach('receiver', 'multicast/a', 10), await attach('receiver', 'multicast/a', 10)]
    const sender = await attach('sender', 'multicast/a')
    await sender.until('credit', 1, one => one['credit'] === 250)
    sender.do('send', { link: 'l', messages: bodies(2) })
    for (const one of receivers) await one.until('message', 2)
    receivers[0]!.do('settle', {
      outcomes: [
        [0, 'accepted'],
        [1, 'accepted'],
      ],
    })
    receivers[1]!.do('settle', {
      outcomes: [
        [0, 'accepted'],
        [1, 'rejected'],
      ],
    })
    const outcomes = (await sender.until('outcome', 2)).map(one => [one['body'], one['outcome'], one['error'] ?? null]).sort()
    expect(outcomes).toEqual([
      ['m0', 'accepted', null],
      ['m1', 'rejected', null],
    ])
  })

  it('balances over receivers and tops credit up as they settle', async () => {
    const receivers = [await attach('receiver', 'direct', 10), await attach('receiver', 'direct', 10)]
    const sender = await attach('sender', 'direct')
    await sender.until('credit', 1, one => one['credit'] === 250)
    let sent = 0
    const counts = [0, 0]
    while (counts[0]! + counts[1]! < 400) {
      const batch = Math.min(20, 400 - sent)
      sender.do('send', { link: 'l', messages: bodies(batch) })
      sent += batch
      for (const [i, one] of receivers.entries()) {
        const got = await one.until('message', counts[i]! + 10)
        one.do('settle', { outcomes: got.slice(counts[i]).map(message => [message['number'], 'accepted']) })
        one.do('credit', { link: 'l', credit: got.length - counts[i]! })
        counts[i] = got.length
      }
      await sender.until('outcome', sent)
    }
    expect(counts).toEqual([200, 200])
  })
})
