import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Consumer, Producer } from './address.js'
import { MemoryBound } from './memory-bound.js'
import { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED, rejected } from './outcome.js'
import { Queue } from './queue.js'

const producer: Producer = { grant() {}, credit: () => 1000, drain() {}, settle() {} }
const numbered = (n: number): Message => new Message(Buffer.from([0, 0x53, 0x77, 0x52, n]), 0)

class Reader implements Consumer {
  readonly selector = undefined
  readonly presettled = false
  credit = 0
  readonly held: { readonly n: number; readonly count: number; readonly token: unknown }[] = []
  ready(): boolean {
    return this.credit > 0
  }
  send(message: Message, count: number, token: unknown): void {
    if (this.credit === 0) throw new Error('sent without credit')
    this.credit--
    this.held.push({ n: message.bytes[4]!, count, token })
  }
  unsettled(): number {
    return this.held.length
  }
  expel(): void {}
}

const setUp = (maxDeliveries = -1) => {
  const dead: number[] = []
  const clock = { now: 0 }
  const queue = new Queue({
    name: 'q',
    type: 'queue',
    bytes: 1_000_000,
    memory: new MemoryBound(1e9, () => {}),
    maxDeliveries,
    time: { wall: () => 0, monotonic: () => clock.now, after: () => () => {} },
    deadLetter: message => dead.push(message.bytes[4]!) > 0,
    onChange() {},
    onRoom() {},
  })
  return { queue, dead, clock }
}

type Step =
  | readonly ['put']
  | readonly ['credit', number, number]
  | readonly ['settle', number, DeliveryOutcome]
  | readonly ['leave', number]

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.constant<Step>(['put']),
    fc.tuple(fc.constant('credit' as const), fc.nat(1), fc.integer({ min: 1, max: 3 })),
    fc.tuple(fc.constant('settle' as const), fc.nat(1), fc.constantFrom(ACCEPTED, RELEASED, MODIFIED, rejected('x', 'y'))),
    fc.tuple(fc.constant('leave' as const), fc.nat(1)),
  ),
  { maxLength: 80 },
)

describe('Queue', () => {
  it('keeps each message in exactly one place, whatever happens', () => {
    fc.assert(
      fc.property(steps, list => {
        const { queue, dead } = setUp()
        const readers = [new Reader(), new Reader()]
        for (const one of readers) queue.addConsumer(one)
        let put = 0
        const accepted: number[] = []
        for (const step of list) {
          if (step[0] === 'put') queue.receive(producer, put, numbered(put++))
          else if (step[0] === 'credit') {
            readers[step[1]]!.credit += step[2]
            queue.pump(readers[step[1]]!)
          } else if (step[0] === 'settle') {
            const one = readers[step[1]]!.held.shift()
            if (one && step[2] === ACCEPTED) accepted.push(one.n)
            if (one) queue.done(readers[step[1]]!, one.token, step[2])
          } else {
            const left = readers[step[1]]!
            readers[step[1]] = new Reader()
            queue.removeConsumer(left)
            queue.addConsumer(readers[step[1]]!)
          }
        }
        for (const one of readers) queue.removeConsumer(one)
        const last = new Reader()
        last.credit = 1000
        queue.addConsumer(last)
        queue.pump(last)
        const rest = last.held.map(one => one.n)
        expect(rest).toEqual([...rest].sort((a, b) => a - b))
        expect([...accepted, ...dead, ...rest].sort((a, b) => a - b)).toEqual(Array.from({ length: put }, (_, i) => i))
        expect(queue.stats().depth).toBe(rest.length)
        for (const one of last.held) queue.done(last, one.token, ACCEPTED)
        expect(queue.stats()).toMatchObject({ depth: 0, bytes: 0 })
      }),
      { numRuns: 500 },
    )
  })

  it('buries what its receivers have called failed too often, but not what was lost with a link', () => {
    const { queue, dead } = setUp(2)
    queue.receive(producer, 0, numbered(7))
    for (let i = 0; i < 5; i++) {
      const lost = new Reader()
      lost.credit = 1
      queue.addConsumer(lost)
      queue.pump(lost)
      queue.removeConsumer(lost)
    }
    const reader = new Reader()
    reader.credit = 9
    queue.addConsumer(reader)
    queue.pump(reader)
    expect(reader.held[0]).toMatchObject({ n: 7, count: 5 })
    queue.done(reader, reader.held[0]!.token, MODIFIED)
    expect(dead).toEqual([])
    queue.done(reader, reader.held[1]!.token, MODIFIED)
    expect(dead).toEqual([7])
    expect(queue.stats().depth).toBe(0)
  })

  it('lets go what has outlived its time', () => {
    const { queue, clock } = setUp()
    const short = new Message(Buffer.from([0, 0x53, 0x70, 0xc0, 5, 3, 0x40, 0x40, 0x52, 100, 0, 0x53, 0x77, 0x43]), 0)
    expect(short.ttl).toBe(100)
    queue.receive(producer, 0, short)
    clock.now = 101
    const reader = new Reader()
    reader.credit = 1
    queue.addConsumer(reader)
    queue.pump(reader)
    expect(reader.held).toEqual([])
    expect(queue.stats()).toMatchObject({ depth: 0, dropped: 1 })
  })
})
