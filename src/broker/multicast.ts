import type { Address, AddressStats, Consumer, Producer, Source } from './address.js'
import { Lending } from './lending.js'
import type { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED } from './outcome.js'

/** Highest first: one rejection tells the sender more than any number of acceptances. */
const RANK = { rejected: 3, accepted: 2, modified: 1, released: 0 } as const

/** One message, until all its copies have ended. */
interface Broadcast {
  readonly producer: Producer
  readonly delivery: number
  readonly message: Message
  open: number
  outcome: DeliveryOutcome | undefined
}

interface Seat {
  readonly waiting: Set<Broadcast>
  readonly held: Set<Broadcast>
}

/** A copy to every receiver attached now; the sender hears one outcome, when all copies have ended. Stores nothing. */
export class Multicast implements Address, Source {
  readonly type = 'multicast'
  readonly name: string
  private readonly seats = new Map<Consumer, Seat>()
  private readonly lending = new Lending()
  private depth = 0
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

  removeProducer(producer: Producer): void {
    this.lending.remove(producer)
  }

  replenish(producer: Producer): void {
    if (this.seats.size > 0) this.lending.topUp(producer)
  }

  receive(producer: Producer, delivery: number, message: Message): void {
    this.received++
    if (this.seats.size === 0) {
      if (delivery < 0) this.dropped++
      producer.settle(delivery, RELEASED)
      producer.drain()
      return
    }
    const broadcast: Broadcast = { producer, delivery, message, open: this.seats.size, outcome: undefined }
    this.lending.count(producer, 1)
    this.depth++
    this.bytes += message.bytes.length
    for (const seat of this.seats.values()) seat.waiting.add(broadcast)
    for (const consumer of [...this.seats.keys()]) this.pump(consumer)
  }

  addConsumer(consumer: Consumer): void {
    this.seats.set(consumer, { waiting: new Set(), held: new Set() })
    for (const producer of this.lending.producers()) this.replenish(producer)
  }

  removeConsumer(consumer: Consumer): void {
    const seat = this.seats.get(consumer)
    this.seats.delete(consumer)
    for (const broadcast of seat?.held ?? []) this.copyEnded(broadcast, MODIFIED)
    for (const broadcast of seat?.waiting ?? []) this.copyEnded(broadcast, RELEASED)
    if (this.seats.size === 0) for (const producer of this.lending.producers()) producer.drain()
  }

  pump(consumer: Consumer): void {
    const seat = this.seats.get(consumer)
    if (!seat) return
    for (const broadcast of seat.waiting) {
      if (!consumer.ready()) return
      seat.waiting.delete(broadcast)
      this.delivered++
      if (consumer.presettled || broadcast.delivery < 0) {
        consumer.send(broadcast.message, 0, broadcast)
        this.copyEnded(broadcast, ACCEPTED)
      } else {
        seat.held.add(broadcast)
        consumer.send(broadcast.message, 0, broadcast)
      }
    }
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const broadcast = token as Broadcast
    if (this.seats.get(consumer)?.held.delete(broadcast)) this.copyEnded(broadcast, outcome)
  }

  stats(): AddressStats {
    return {
      name: this.name,
      type: this.type,
      depth: this.depth,
      bytes: this.bytes,
      consumers: this.seats.size,
      producers: this.lending.size,
      full: false,
      since: undefined,
      received: this.received,
      delivered: this.delivered,
      dropped: this.dropped,
    }
  }

  idle(): boolean {
    return this.seats.size === 0 && this.lending.size === 0
  }

  private copyEnded(broadcast: Broadcast, outcome: DeliveryOutcome): void {
    if (!broadcast.outcome || RANK[outcome.kind] > RANK[broadcast.outcome.kind]) broadcast.outcome = outcome
    broadcast.open--
    if (broadcast.open > 0) return
    this.depth--
    this.bytes -= broadcast.message.bytes.length
    this.lending.count(broadcast.producer, -1)
    broadcast.producer.settle(broadcast.delivery, broadcast.outcome)
    this.replenish(broadcast.producer)
  }
}
