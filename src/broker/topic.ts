import type { Address, AddressStats, Producer } from './address.js'
import { Intake, type Keeping } from './intake.js'
import type { MemoryBound } from './memory-bound.js'
import type { Message } from './message.js'
import { RELEASED } from './outcome.js'
import type { Queue } from './queue.js'
import { Sharing } from './sharing.js'

/** Copies each message to the queue of every subscription; the fullest one bounds the senders. */
export class Topic implements Address {
  readonly type = 'topic'
  readonly name: string
  readonly #subscriptions = new Map<string, Queue>()
  readonly #sharing: Sharing
  readonly #intake: Intake
  /** Numbers of the subscriptions that outlive the process. */
  #numbers: readonly number[] = []
  #received = 0
  #dropped = 0

  constructor(name: string, keeping: Keeping | undefined, memory: MemoryBound) {
    this.name = name
    this.#intake = new Intake(keeping)
    this.#sharing = new Sharing(() => this.#free(), memory)
  }

  subscription(key: string): Queue | undefined {
    return this.#subscriptions.get(key)
  }

  subscribe(key: string, queue: Queue): void {
    this.#subscriptions.set(key, queue)
    this.#count()
  }

  unsubscribe(key: string): void {
    this.#subscriptions.get(key)?.discard()
    this.#subscriptions.delete(key)
    this.#count()
    this.topUp()
  }

  /** A subscription has room again, or the disk. */
  topUp(): void {
    this.#sharing.topUpAll()
  }

  addProducer(producer: Producer): void {
    this.#sharing.add(producer)
  }

  removeProducer(producer: Producer): void {
    this.#sharing.remove(producer)
  }

  replenish(producer: Producer): void {
    this.#sharing.topUp(producer)
  }

  receive(producer: Producer, delivery: number, message: Message): void {
    let overrun = this.#intake.overrun
    for (const queue of this.#subscriptions.values()) overrun ||= queue.overrun()
    if (overrun) {
      if (delivery < 0) this.#dropped++
      producer.settle(delivery, RELEASED)
    } else {
      const stored = this.#intake.take(producer, delivery, message, this.#numbers)
      if (stored !== 'repeat') {
        this.#received++
        for (const queue of this.#subscriptions.values()) queue.put(message, queue.numbers.length > 0 ? stored : undefined)
      }
    }
    this.#sharing.used(producer, message)
  }

  /** The queues of its subscriptions, for the status page. */
  *queues(): Iterable<Queue> {
    yield* this.#subscriptions.values()
  }

  stats(): AddressStats {
    let depth = 0
    let bytes = 0
    let consumers = 0
    let delivered = 0
    let dropped = this.#dropped
    let since: number | undefined
    for (const queue of this.#subscriptions.values()) {
      const one = queue.stats()
      depth += one.depth
      bytes += one.bytes
      consumers += one.consumers
      delivered += one.delivered
      dropped += one.dropped
      if (one.since !== undefined) since = Math.min(since ?? one.since, one.since)
    }
    const full = since !== undefined
    const producers = this.#sharing.size
    return { name: this.name, type: 'topic', depth, bytes, consumers, producers, full, since, received: this.#received, delivered, dropped }
  }

  idle(): boolean {
    return this.#subscriptions.size === 0 && this.#sharing.size === 0
  }

  #count(): void {
    this.#numbers = [...this.#subscriptions.values()].flatMap(queue => queue.numbers)
  }

  /** Bytes that every subscription has room for. */
  #free(): number {
    if (this.#intake.full) return 0
    let free = Number.POSITIVE_INFINITY
    for (const queue of this.#subscriptions.values()) free = Math.min(free, queue.free())
    return free
  }
}
