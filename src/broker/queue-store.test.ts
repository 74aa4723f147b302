import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage } from '../amqp/encode-message.js'
import { type MemoryDisk, memoryDisk } from '../journal/memory-disk-fixture.js'
import type { Consumer, Producer } from './address.js'
import { Addresses } from './addresses.js'
import { Message } from './message.js'
import { openStore } from './open-store.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED } from './outcome.js'

const time = { wall: () => 1_700_000_000_000, monotonic: () => 0, after: () => () => {} }
const log = { info() {}, warn() {}, error() {} }
const random = { next: () => 0, hex: (length: number) => 'a'.repeat(length) }
const sources = ['a', 'b', 'news::x', 'news::y'] as const
type Source = (typeof sources)[number]

/** What a test knows of one message that it has sent. */
interface Sent {
  readonly n: number
  readonly durable: boolean
  readonly to: readonly Source[]
  readonly id: string | undefined
  /** It must not be lost any more: its sender was told so, or a receiver has seen it. */
  safe: boolean
  /** Sources whose receiver has accepted it, and those of which the disk knows that. */
  readonly consumed: Set<Source>
  readonly gone: Set<Source>
}

class Reader implements Consumer {
  readonly selector = undefined
  readonly presettled = false
  credit = 0
  readonly held: { readonly n: number; readonly count: number; readonly token: unknown }[] = []
  readonly seen: (n: number) => void
  constructor(seen: (n: number) => void) {
    this.seen = seen
  }
  ready(): boolean {
    return this.credit > 0
  }
  send(message: Message, count: number, token: unknown): void {
    this.credit--
    const n = Number(message.bytes.subarray(message.bytes.lastIndexOf('#') + 1).toString())
    this.held.push({ n, count, token })
    this.seen(n)
  }
  unsettled(): number {
    return this.held.length
  }
  expel(): void {}
}

/** A node's addresses on a disk, with one reader at each source. */
const life = async (disk: MemoryDisk, sent: readonly Sent[]) => {
  const opened = await openStore({ disk, folder: 'n', segmentBytes: 4096 + 700, bufferBytes: 16_384 }, { time, log }, error => {
    throw error
  })
  const limits = { queueBytes: 1e6, memoryBytes: 1e9, maxAddresses: 100, maxDeliveries: -1, deadLetterAddress: 'DLQ' }
  const addresses = new Addresses({ ...limits, time, random, log, onChange() {}, store: opened.store })
  addresses.restore(opened.contents)
  const readers = new Map<Source, Reader>()
  /** What a killed process still does is heard by nobody. */
  let killed = false
  const queueOf = (source: Source) => (source.includes('::') ? addresses.namedSubscription(source) : addresses.find(source, ['queue']))
  const seat = (source: Source): Reader => {
    const queue = queueOf(source) as ReturnType<typeof addresses.namedSubscription>
    const reader = new Reader(n => {
      const message = sent[n]!
      if (message.durable && !killed) message.safe = true
    })
    queue.addConsumer(reader)
    readers.set(source, reader)
    return reader
  }
  for (const source of sources) seat(source)
  const producer: Producer = {
    grant() {},
    credit: () => 1000,
    drain() {},
    settle(delivery, outcome) {
      expect(outcome).toBe(ACCEPTED)
      if (!killed) sent[delivery]!.safe = true
    },
  }
  return {
    store: opened.store,
    producer,
    send(message: Sent, again = message.n) {
      const body = { value: `${'.'.repeat((message.n * 37) % 150)}#${message.n}` }
      const applicationProperties = message.id === undefined ? undefined : { _AMQ_DUPL_ID: message.id }
      const bytes = Buffer.from(encodeMessage({ durable: message.durable, applicationProperties, body }))
      const target = message.to.length > 1 ? addresses.find('news', ['topic']) : addresses.find(message.to[0]!, ['queue'])
      target.receive(producer, again, new Message(bytes, 0))
    },
    reader: (source: Source) => readers.get(source)!,
    queue: (source: Source) => queueOf(source) as ReturnType<typeof addresses.namedSubscription>,
    replace(source: Source) {
      this.queue(source).removeConsumer(this.reader(source))
      return seat(source)
    },
    kill() {
      killed = true
    },
    depths: () => Object.fromEntries(addresses.stats().map(one => [one.name, one.depth])),
  }
}

type Step =
  | readonly ['send', Source, boolean, boolean]
  | readonly ['again', number]
  | readonly ['credit', Source, number]
  | readonly ['settle', Source, DeliveryOutcome]
  | readonly ['leave', Source]
  | readonly ['turns', number]
  | readonly ['flush']
  | readonly ['kill']

const source = fc.constantFrom(...sources)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(fc.constant('send' as const), source, fc.constant(true), fc.boolean()),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('send' as const), source, fc.constant(false), fc.boolean()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('again' as const), fc.nat(200)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('credit' as const), source, fc.integer({ min: 1, max: 5 })) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constant('settle' as const), source, fc.constantFrom(ACCEPTED, ACCEPTED, ACCEPTED, RELEASED, MODIFIED)),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('leave' as const), source) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('turns' as const), fc.integer({ min: 1, max: 12 })) },
    { weight: 2, arbitrary: fc.constant<Step>(['flush']) },
    { weight: 1, arbitrary: fc.constant<Step>(['kill']) },
  ),
  { minLength: 20, maxLength: 160 },
)

/** The first segment is removed while the next begins with the subscriptions of a topic, whose own record follows. */
const topicToldLate: Step[] = [
  ['kill'],
  ['turns', 8],
  ['send', 'a', true, false],
  ['flush'],
  ['kill'],
  ['credit', 'a', 1],
  ['turns', 1],
  ['turns', 1],
  ['send', 'a', true, false],
  ['send', 'a', true, false],
  ['settle', 'a', ACCEPTED],
  ['turns', 1],
  ['turns', 1],
  ['send', 'news::y', true, false],
  ['send', 'a', true, false],
  ['flush'],
  ['send', 'a', true, false],
]

const drained = (numbers: readonly number[]): void => expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))

describe('durable queues over kills', () => {
  it('lose nothing that was accepted or delivered, keep order, bring nothing back that is gone, and know every id', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 0, max: 9 }), async (list, shortness) => {
        let disk = memoryDisk()
        const sent: Sent[] = []
        const write = (one: MemoryDisk): void => {
          let writes = 0
          one.onWrite = (_path, bytes) => (++writes % 10 < shortness ? Math.max(1, bytes >> 1) : bytes)
        }
        write(disk)
        let now = await life(disk, sent)
        const flush = async (): Promise<void> => {
          const consumed = sent.flatMap(one => [...one.consumed].map(at => [one, at] as const))
          await Promise.resolve()
          await now.store.settled(1000)
          for (const [one, at] of consumed) one.gone.add(at)
        }
        for (const step of [...list, ['kill'] as const]) {
          if (step[0] === 'send') {
            const to: readonly Source[] = step[1].includes('::') ? ['news::x', 'news::y'] : [step[1]]
            const id = step[3] ? `id-${sent.length}` : undefined
            sent.push({ n: sent.length, durable: step[2], to, id, safe: false, consumed: new Set(), gone: new Set() })
            now.send(sent.at(-1)!)
          } else if (step[0] === 'again') {
            const message = sent[step[1] % Math.max(1, sent.length)]
            // Only what has an id is dropped; what was lost before it was safe would come anew and out of order.
            if (message?.id !== undefined && message.durable && message.safe) {
              const before = now.depths()
              now.send(message)
              expect(now.depths()).toEqual(before)
            }
          } else if (step[0] === 'credit') {
            now.reader(step[1]).credit += step[2]
            now.queue(step[1]).pump(now.reader(step[1]))
          } else if (step[0] === 'settle') {
            const one = now.reader(step[1]).held.shift()
            if (one && step[2] === ACCEPTED) sent[one.n]!.consumed.add(step[1])
            if (one) now.queue(step[1]).done(now.reader(step[1]), one.token, step[2])
          } else if (step[0] === 'leave') now.replace(step[1])
          else if (step[0] === 'turns') for (let i = 0; i < step[1]; i++) await Promise.resolve()
          else if (step[0] === 'flush') await flush()
          else {
            now.kill()
            disk = disk.copy()
            write(disk)
            now = await life(disk, sent)
            for (const at of sources) {
              const reader = now.reader(at)
              reader.credit = 1e6
              now.queue(at).pump(reader)
              const there = reader.held.map(({ n }) => n)
              drained(there)
              for (const one of sent.filter(({ to }) => to.includes(at))) {
                const must = one.durable && one.safe && !one.consumed.has(at)
                const mayNot = !one.durable || one.gone.has(at)
                if (must) expect(there, `message ${one.n} at ${at}`).toContain(one.n)
                if (mayNot) expect(there, `message ${one.n} at ${at}`).not.toContain(one.n)
                // A lost acknowledgement means that it comes again.
                if (there.includes(one.n)) one.consumed.delete(at)
                else if (one.durable && !one.consumed.has(at)) one.consumed.add(at)
              }
              now.replace(at)
            }
          }
        }
        await flush()
        const segments = [...disk.files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
        expect(segments).toBeLessThan(400_000)
      }),
      { numRuns: 100, examples: [[topicToldLate, 9]] },
    )
  })
})
