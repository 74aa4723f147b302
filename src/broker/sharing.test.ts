import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Consumer, Producer, Source, Target } from './address.js'
import { Addresses } from './addresses.js'
import { entryBytes } from './fill.js'
import { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome } from './outcome.js'
import { Topic } from './topic.js'

const most = 300_000
const zeros = Buffer.alloc(8 + most)
zeros.set([0, 0x53, 0x75, 0xb0])

/** One data section of so many bytes; the queue looks at nothing but its length. */
const message = (bytes: number): Message => new Message(zeros.subarray(0, 8 + bytes), 0)

/** A sender that has so many messages to send, by credit; what is given back it sends again. */
class Sender implements Producer {
  readonly size: number
  left: number
  released = 0
  #credit = 0
  #delivery = 0

  constructor(size: number, left: number) {
    this.size = size
    this.left = left
  }

  grant(total: number): void {
    this.#credit = Math.max(this.#credit, total)
  }
  credit(): number {
    return this.#credit
  }
  drain(): void {}
  settle(_delivery: number, outcome: DeliveryOutcome): void {
    if (outcome === ACCEPTED) return
    this.left++
    this.released++
  }

  send(target: Target, most: number): void {
    for (let i = 0; i < most && this.#credit > 0 && this.left > 0; i++) {
      this.#credit--
      this.left--
      target.receive(this, this.#delivery++, message(this.size))
    }
  }
}

/** A receiver that takes when it is told to, and accepts. */
class Reader implements Consumer {
  readonly selector = undefined
  readonly presettled = false
  readonly #source: Source
  #credit = 0
  #held: unknown[] = []
  got = 0

  constructor(source: Source) {
    this.#source = source
    source.addConsumer(this)
  }
  ready(): boolean {
    return this.#credit > 0
  }
  send(_message: Message, _count: number, token: unknown): void {
    this.#credit--
    this.got++
    this.#held.push(token)
  }
  unsettled(): number {
    return this.#held.length
  }
  expel(): void {}

  take(count: number): void {
    this.#credit = count
    this.#source.pump(this)
    this.#credit = 0
    for (const token of this.#held.splice(0)) this.#source.done(this, token, ACCEPTED)
  }
}

const limits = { maxAddresses: 100, maxDeliveries: -1, deadLetterAddress: 'DLQ', store: undefined, onChange() {} }
const seams = {
  time: { wall: () => 0, monotonic: () => 0, after: () => () => {} },
  log: { info() {}, warn() {}, error() {} },
  random: { next: () => 0, hex: () => 'a' },
}

const setUp = (kind: 'queue' | 'topic', queueBytes: number, memoryBytes: number) => {
  const addresses = new Addresses({ ...limits, ...seams, queueBytes, memoryBytes })
  const target = addresses.find('a', [kind])
  const readers =
    target instanceof Topic
      ? ['x', 'y'].map(key => new Reader(addresses.subscription(target, key, `a::${key}`, false)))
      : [new Reader(addresses.source('a'))]
  const held = (): number => Math.max(...addresses.stats().flatMap(({ type, bytes }) => (type === 'topic' ? [] : [bytes])))
  return { target, readers, held }
}

type Step = { readonly sender: number; readonly count: number } | { readonly reader: number; readonly count: number }
const count = fc.integer({ min: 1, max: 400 })
const steps = fc.array(fc.oneof(fc.record({ sender: fc.nat(4), count }), fc.record({ reader: fc.nat(1), count })) as fc.Arbitrary<Step>, {
  maxLength: 60,
})
const size = fc.oneof(fc.nat(100), fc.nat(5_000), fc.nat(120_000))

describe('credit', () => {
  it('bounds the bytes of a queue or subscription, whatever the sizes, and in the end everything is delivered', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('queue' as const, 'topic' as const),
        fc.array(size, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(60_000, 400_000, 2_000_000),
        fc.constantFrom(50_000, 500_000, 1e9),
        steps,
        (kind, sizes, queueBytes, memoryBytes, list) => {
          const { target, readers, held } = setUp(kind, queueBytes, memoryBytes)
          const senders = sizes.map(bytes => new Sender(bytes, 80))
          for (const one of senders) target.addProducer(one)
          const largest = Math.max(...sizes.map(bytes => entryBytes(message(bytes))))
          /** What the senders may still send by the credit that they have. */
          const lent = (): number => senders.reduce((sum, one) => sum + one.credit() * entryBytes(message(one.size)), 0)
          const check = (before: number): void => {
            // One message for each sender at least.
            expect(held()).toBeLessThanOrEqual(Math.max(queueBytes, before))
            expect(held()).toBeLessThanOrEqual(1.25 * Math.min(queueBytes, memoryBytes) + largest)
          }
          const act = (step: Step): void => {
            const before = held() + lent()
            if ('sender' in step) senders[step.sender % senders.length]!.send(target, step.count)
            else readers[step.reader % readers.length]!.take(step.count)
            check(before)
          }
          for (const step of list) act(step)
          for (let round = 0; senders.some(({ left }) => left > 0); round++) {
            expect(round).toBeLessThan(2_000)
            for (let sender = 0; sender < senders.length; sender++) act({ sender, count: 1_000 })
            for (let reader = 0; reader < readers.length; reader++) act({ reader, count: 1_000 })
          }
          for (const reader of readers) reader.take(1_000)
          for (const reader of readers) expect(reader.got).toBe(80 * senders.length)
          expect(held()).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('of one sender is never more than fits, and nothing is given back to it', () => {
    fc.assert(
      fc.property(fc.constantFrom('queue' as const, 'topic' as const), fc.integer({ min: 0, max: most }), (kind, bytes) => {
        const { target, readers, held } = setUp(kind, 1_000_000, 1e9)
        const sender = new Sender(bytes, 400)
        target.addProducer(sender)
        while (sender.left > 0) {
          while (sender.left > 0 && sender.credit() > 0) {
            sender.send(target, 1)
            const cost = entryBytes(message(bytes))
            expect(held() + Math.min(sender.credit(), sender.left) * cost).toBeLessThanOrEqual(1_000_000)
          }
          for (const reader of readers) reader.take(1_000)
        }
        expect(sender.released).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('of small messages grows to the whole window within a few exchanges', () => {
    const { target, readers } = setUp('queue', 64 * 2 ** 20, 512 * 2 ** 20)
    const sender = new Sender(150, 5_000)
    target.addProducer(sender)
    expect(sender.credit()).toBe(16)
    let exchanges = 0
    for (; sender.credit() < 1_000; exchanges++) {
      sender.send(target, sender.credit())
      readers[0]!.take(5_000)
    }
    expect(exchanges).toBeLessThan(10)
  })

  it('of many senders that send nothing leaves room for one that does', () => {
    const { target, held } = setUp('queue', 1_000_000, 1e9)
    const idle = Array.from({ length: 40 }, () => new Sender(1_000, 0))
    for (const one of idle) target.addProducer(one)
    const sender = new Sender(1_000, 5_000)
    target.addProducer(sender)
    sender.send(target, 5_000)
    expect(held()).toBeGreaterThan(900_000)
    expect(sender.released).toBe(0)
  })
})
