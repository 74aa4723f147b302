import type { Address, AddressStats, Consumer, Producer, Source } from './address.js'
import { Lending } from './lending.js'
import type { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED } from './outcome.js'

/** One delivery on its way from its sender to its receiver. */
interface Transit {
  readonly producer: Producer
  readonly delivery: number
  readonly message: Message
}

/**
 * Hands each message to the least busy receiver and its outcome back to the sender; stores nothing. Without a receiver
 * senders have no credit.
 */
export class Anycast implements Address, Source {
  readonly type = 'anycast'
  readonly name: string
  private readonly waiting = new Set<Transit>()
  private readonly held = new Map<Consumer, Set<Transit>>()
  private readonly lending = new Lending()
  private bytes = 0
  private received = 0
  private delivered = 0
  private dropped = 0

  constructor(name: string) {
    this.name = name
  }

  addProducer(producer: Producer): void {
    this.lending.add(producer)
    this.replenish(producer)
  }

  /** What it sent still goes out; nobody waits for the outcome. */
  removeProducer(producer: Producer): void {
    this.lending.remove(producer)
  }

  replenish(producer: Producer): void {
    if (this.held.size > 0) this.lending.topUp(producer)
  }

  receive(producer: Producer, delivery: number, message: Message): void {
    this.received++
    if (this.held.size === 0) {
      if (delivery < 0) this.dropped++
      producer.settle(delivery, RELEASED)
      producer.drain()
      return
    }
    const transit: Transit = { producer, delivery, message }
    this.lending.count(producer, 1)
    this.bytes += message.bytes.length
    this.waiting.add(transit)
    this.deliver()
  }

  addConsumer(consumer: Consumer): void {
    this.held.set(consumer, new Set())
    for (const producer of this.lending.producers()) this.replenish(producer)
  }

  removeConsumer(consumer: Consumer): void {
    const held = this.held.get(consumer)
    this.held.delete(consumer)
    for (const transit of held ?? []) this.finish(transit, MODIFIED)
    if (this.held.size > 0) {
      this.deliver()
      return
    }
    for (const transit of this.waiting) {
      if (transit.delivery < 0) this.dropped++
      this.finish(transit, RELEASED)
    }
    this.waiting.clear()
    for (const producer of this.lending.producers()) producer.drain()
  }

  pump(_consumer: Consumer): void {
    this.deliver()
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const transit = token as Transit
    if (this.held.get(consumer)?.delete(transit)) this.finish(transit, outcome)
  }

  stats(): AddressStats {
    let depth = this.waiting.size
    for (const held of this.held.values()) depth += held.size
    return {
      name: this.name,
      type: this.type,
      depth,
      bytes: this.bytes,
      consumers: this.held.size,
      producers: this.lending.size,
      full: false,
      since: undefined,
      received: this.received,
      delivered: this.delivered,
      dropped: this.dropped,
    }
  }

  idle(): boolean {
    return this.held.size === 0 && this.lending.size === 0
  }

  private deliver(): void {
    for (const transit of this.waiting) {
      const consumer = this.choose()
      if (!consumer) return
      this.waiting.delete(transit)
      this.delivered++
      if (consumer.presettled || transit.delivery < 0) {
        consumer.send(transit.message, 0, transit)
        this.finish(transit, ACCEPTED)
      } else {
        this.held.get(consumer)!.add(transit)
        consumer.send(transit.message, 0, transit)
      }
    }
  }

  private choose(): Consumer | undefined {
    let best: Consumer | undefined
    for (const consumer of this.held.keys()) {
      if (consumer.ready() && (!best || consumer.unsettled() < best.unsettled())) best = consumer
    }
    return best
  }

  private finish(transit: Transit, outcome: DeliveryOutcome): void {
    this.bytes -= transit.message.bytes.length
    this.lending.count(transit.producer, -1)
    transit.producer.settle(transit.delivery, outcome)
    this.replenish(transit.producer)
  }
}
