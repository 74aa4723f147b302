import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { bodiesOf } from '../../src/testing/connector-bodies.js'
import { Gate } from './gate.js'
import { Inbox, type InboxSettings } from './inbox.js'
import { written } from './packet-fixture.js'
import { TopicPattern } from './topic-pattern.js'

const names: Readonly<Record<number, string>> = { 4: 'puback', 5: 'pubrec', 7: 'pubcomp' }

/** Packets that acknowledge, as words: `puback 7`, `pubrec 9 0x83`. */
function answersIn(bytes: Uint8Array): string[] {
  const words: string[] = []
  for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) {
    const reason = bytes[at + 1] === 3 ? ` 0x${bytes[at + 4]!.toString(16)}` : ''
    words.push(`${names[bytes[at]! >> 4]} ${(bytes[at + 2]! << 8) | bytes[at + 3]!}${reason}`)
  }
  return words
}

interface Sent {
  readonly text: string
  readonly id?: number
  readonly qos?: 0 | 1 | 2
  readonly dup?: boolean
  readonly retain?: boolean
  readonly topic?: string
}

/** An inbox and the broker's side of it. */
class Scene {
  readonly answers: string[] = []
  readonly unasked: string[] = []
  readonly left: number[] = []
  arrivals = 0
  readonly gate = new Gate(new PassThrough() as unknown as Socket, undefined, 1_000)
  readonly inbox: Inbox
  readonly #version: 4 | 5

  constructor(settings: Partial<InboxSettings> = {}) {
    this.#version = settings.version ?? 5
    this.inbox = new Inbox(
      {
        version: 5,
        parts: { flags: false, patterns: [new TopicPattern('t'), new TopicPattern('rooms/+room')] },
        dropsRetained: false,
        session: true,
        bufferBytes: 100_000,
        ...settings,
      },
      {
        arrived: () => void this.arrivals++,
        answer: packets => void this.answers.push(...answersIn(packets)),
        connected: () => undefined,
        tooLarge: bytes => void this.left.push(bytes),
        unasked: topic => void this.unasked.push(topic),
      },
    )
    this.inbox.connack(false, 0, this.gate)
  }

  send({ text, id = 1, qos = 1, dup = false, retain = false, topic = 't' }: Sent): string | undefined {
    const packet = written({ cmd: 'publish', topic, payload: text, qos, dup, retain, messageId: id }, this.#version)
    return this.inbox.publish(packet, 0, 2, packet.length)
  }

  texts(): readonly string[] {
    const chunk = this.inbox.give()
    return chunk ? bodiesOf(chunk) : []
  }

  /** Gives all that waits and settles it. */
  take(exceptions?: Parameters<Inbox['settle']>[1]): readonly string[] {
    const chunk = this.inbox.give()
    if (!chunk) return []
    const texts = bodiesOf(chunk)
    this.inbox.settle(
      chunk.receipt,
      exceptions?.map(one => ({ ...one, receipt: chunk.receipt })),
    )
    return texts
  }

  said(): string[] {
    return this.answers.splice(0)
  }
}

describe('Inbox', () => {
  let scene: Scene
  beforeEach(() => {
    scene = new Scene()
  })

  test('acknowledges what was settled, in the order in which it came, and nothing before', () => {
    scene.send({ text: 'a', id: 5 })
    scene.send({ text: 'b', qos: 0 })
    scene.send({ text: 'c', id: 3, qos: 2 })
    expect(scene.inbox.presettled).toBe(1)
    expect(scene.said()).toEqual([])
    expect(scene.take()).toEqual(['a', 'b', 'c'])
    expect(scene.said()).toEqual(['puback 5', 'pubrec 3'])
    scene.inbox.pubrel(3)
    expect(scene.said()).toEqual(['pubcomp 3'])
    expect(scene.inbox.unsettled).toBe(0)
  })

  test.each([
    [5, ['puback 1 0x83', 'puback 3', 'pubrec 4 0x83']],
    [4, ['puback 1', 'puback 3', 'pubrec 4']],
  ] as const)('version %i: tells of a refusal where it can; leaves what is released without an answer', (version, wanted) => {
    const own = new Scene({ version })
    for (const id of [1, 2, 3]) own.send({ text: `${id}`, id })
    own.send({ text: '4', id: 4, qos: 2 })
    const rejected = { outcome: 'rejected', condition: 'x', description: 'y' } as const
    own.take([
      { receipt: 0, index: 0, outcome: rejected },
      { receipt: 0, index: 1, outcome: { outcome: 'released' } },
      { receipt: 0, index: 3, outcome: rejected },
    ])
    expect(own.said()).toEqual(wanted)
  })

  test('a QoS 2 message that is safe already is told so again, and not given twice', () => {
    scene.send({ text: 'a', id: 9, qos: 2 })
    expect(scene.take()).toEqual(['a'])
    expect(scene.said()).toEqual(['pubrec 9'])
    scene.inbox.lost()
    scene.inbox.connack(true, 0, scene.gate)
    scene.send({ text: 'a', id: 9, qos: 2, dup: true })
    expect(scene.said()).toEqual(['pubrec 9'])
    expect(scene.take()).toEqual([])
    expect(scene.inbox.repeats).toBe(1)
    scene.inbox.pubrel(9)
    scene.send({ text: 'a', id: 9, qos: 2 })
    expect(scene.take()).toEqual(['a'])
  })

  test('another message under the same identifier is another message', () => {
    scene.send({ text: 'a', id: 9, qos: 2 })
    scene.take()
    scene.send({ text: 'b', id: 9, qos: 2, dup: true })
    expect(scene.take()).toEqual(['b'])
  })

  test('a lost session leaves no memory of identifiers, and what is here stays as it comes from nowhere else', () => {
    scene.send({ text: 'a', id: 9, qos: 2 })
    scene.take()
    scene.send({ text: 'b', id: 1 })
    scene.inbox.lost()
    expect(scene.texts()).toEqual([])
    scene.inbox.connack(false, 0, scene.gate)
    scene.send({ text: 'a', id: 9, qos: 2, dup: true })
    scene.said()
    expect(scene.take()).toEqual(['b', 'a'])
    expect(scene.said()).toEqual(['pubrec 9'])
  })

  test('what waits when a connection is lost comes again with the session: it is given once', () => {
    scene.send({ text: 'zero', qos: 0 })
    scene.send({ text: 'a', id: 1 })
    scene.inbox.lost()
    expect(scene.inbox.waiting).toBe(0)
    scene.inbox.connack(true, 0, scene.gate)
    scene.send({ text: 'a', id: 1, dup: true })
    expect(scene.take()).toEqual(['zero', 'a'])
    expect(scene.said()).toEqual(['puback 1'])
  })

  test('what was given before a connection was lost is no longer acknowledged', () => {
    scene.send({ text: 'a', id: 1 })
    const { receipt } = scene.inbox.give()!
    scene.inbox.lost()
    scene.inbox.connack(true, 0, scene.gate)
    scene.inbox.settle(receipt)
    expect(scene.said()).toEqual([])
  })

  test('leaves out retained messages where they are not wanted, and what an earlier job had subscribed to', () => {
    const dropping = new Scene({ dropsRetained: true })
    dropping.send({ text: 'old', id: 1, retain: true })
    dropping.send({ text: 'old', id: 2, retain: true, qos: 2 })
    dropping.send({ text: 'old', retain: true, qos: 0 })
    dropping.send({ text: 'new', id: 3, topic: 'rooms/kitchen' })
    dropping.send({ text: 'foreign', id: 4, topic: 'halls/kitchen' })
    expect(dropping.said()).toEqual(['puback 1', 'pubrec 2', 'puback 4'])
    expect(dropping.unasked).toEqual(['halls/kitchen'])
    expect(dropping.take()).toEqual(['new'])
    const clean = new Scene({ session: false })
    clean.send({ text: 'rewritten by the broker', id: 4, topic: 'halls/kitchen' })
    expect(clean.take()).toEqual(['rewritten by the broker'])
  })

  test('what is too large is counted, given as far as it is here, and acknowledged once that is safe', () => {
    const cut = (qos: 0 | 1 | 2, id: number, length: number) => {
      const packet = written(
        { cmd: 'publish', topic: 't', payload: `beginning of ${id}`, qos, dup: false, retain: false, messageId: id },
        5,
      )
      return scene.inbox.tooLarge(packet, 0, 2, packet.length, length)
    }
    cut(2, 7, 5_000)
    scene.send({ text: 'small', id: 3 })
    cut(1, 8, 6_000)
    cut(0, 0, 7_000)
    expect(scene.left).toEqual([5_000, 6_000, 7_000])
    expect(scene.said()).toEqual([])
    expect(scene.take()).toEqual(['beginning of 7', 'small', 'beginning of 8', 'beginning of 0'])
    expect(scene.said()).toEqual(['pubrec 7', 'puback 3', 'puback 8'])
    expect(scene.inbox.presettled).toBe(1)
    // It is here already, should its handshake begin anew.
    const again = written({ cmd: 'publish', topic: 't', payload: 'beginning of 7', qos: 2, dup: true, retain: false, messageId: 7 }, 5)
    scene.inbox.tooLarge(again, 0, 2, again.length, 5_000)
    expect(scene.said()).toEqual(['pubrec 7'])
    expect(scene.take()).toEqual([])
  })

  test('gives what is to be noted in a chunk of its own, before what waits', () => {
    scene.send({ text: 'a', id: 1 })
    scene.inbox.note('here')
    const note = scene.inbox.give()!
    expect(note).toMatchObject({ length: 0, position: 'here' })
    const chunk = scene.inbox.give()!
    expect(chunk.position).toBeUndefined()
    expect(bodiesOf(chunk)).toEqual(['a'])
    expect(chunk.receipt).toBeGreaterThan(note.receipt)
    scene.inbox.settle(note.receipt)
    expect(scene.said()).toEqual([])
    scene.inbox.settle(chunk.receipt)
    expect(scene.said()).toEqual(['puback 1'])
  })

  test('wants no more once its buffer is full, or when it was stopped', () => {
    const small = new Scene({ bufferBytes: 200 })
    expect(small.inbox.wants()).toBe(true)
    while (small.inbox.wants()) small.send({ text: 'x'.repeat(20), id: 1 })
    expect(small.inbox.bytes).toBeLessThan(300)
    small.take()
    small.inbox.forgetGiven()
    expect(small.inbox.wants()).toBe(true)
    small.inbox.stop()
    expect(small.inbox.wants()).toBe(false)
  })

  test('whatever happens to connections, a message of QoS 1 is given at least once and acknowledged only after it was given', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('send' as const) },
      { weight: 3, arbitrary: fc.constant('take' as const) },
      { weight: 1, arbitrary: fc.constant('cut' as const) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const own = new Scene()
        // The broker: what it has sent and nobody has acknowledged, by identifier.
        const owed = new Map<number, string>()
        const given = new Set<string>()
        let next = 0
        const settle = (): void => {
          for (const text of own.take()) given.add(text)
          for (const answer of own.said()) {
            const id = Number(answer.split(' ')[1])
            expect(given.has(owed.get(id)!)).toBe(true)
            owed.delete(id)
          }
        }
        for (const kind of steps) {
          if (kind === 'send') {
            const id = (next % 65_535) + 1
            owed.set(id, `m${next++}`)
            own.send({ text: owed.get(id)!, id })
          } else if (kind === 'take') settle()
          else {
            own.inbox.lost()
            own.inbox.connack(true, 0, own.gate)
            for (const [id, text] of owed) own.send({ text, id, dup: true })
          }
        }
        settle()
        expect(owed.size).toBe(0)
        expect(given.size).toBe(next)
      }),
    )
  })
})
