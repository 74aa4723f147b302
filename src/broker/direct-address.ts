import type { Address, AddressStats, AddressType, Consumer, Producer, Source } from './address.js'
import { Lending } from './lending.js'
import type { Message } from './message.js'
import { type DeliveryOutcome, RELEASED } from './outcome.js'

/** One message on its way from its sender to whoever receives it. */
export interface Transit {
  readonly producer: Producer
  readonly delivery: number
  readonly message: Message
}

/**
 * An address that stores nothing: messages pass to the receivers of this moment and their outcome goes back to the
 * sender. Without a receiver senders have no credit. `Seat` is what it knows of one receiver.
 */
export abstract class DirectAddress<Seat> implements Address, Source {
  abstract readonly type: AddressType
  readonly name: string
  protected readonly seats = new Map<Consumer, Seat>()
  protected delivered = 0
  protected dropped = 0
  readonly #lending = new Lending()
  #depth = 0
  #bytes = 0
  #received = 0

  constructor(name: string) {
    this.name = name
  }

  abstract removeConsumer(consumer: Consumer): void
  abstract pump(consumer: Consumer): void
  abstract done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void
  protected abstract newSeat(): Seat
  /** Takes a message for at least one receiver; `finish` ends it. */
  protected abstract take(producer: Producer, delivery: number, message: Message): void

  addProducer(producer: Producer): void {
    this.#lending.add(producer)
    this.replenish(producer)
  }

  /** What it sent still goes out; nobody waits for the outcome. */
  removeProducer(producer: Producer): void {
    this.#lending.remove(producer)
  }

  replenish(producer: Producer): void {
    if (this.seats.size > 0) this.#lending.topUp(producer)
  }

  receive(producer: Producer, delivery: number, message: Message): void {
    this.#received++
    if (this.seats.size === 0) {
      if (delivery < 0) this.dropped++
      producer.settle(delivery, RELEASED)
      producer.drain()
      return
    }
    this.#lending.began(producer, message)
    this.#depth++
    this.#bytes += message.bytes.length
    this.take(producer, delivery, message)
  }

  addConsumer(consumer: Consumer): void {
    this.seats.set(consumer, this.newSeat())
    for (const producer of this.#lending.producers()) this.replenish(producer)
  }

  stats(): AddressStats {
    return {
      name: this.name,
      type: this.type,
      depth: this.#depth,
      bytes: this.#bytes,
      consumers: this.seats.size,
      producers: this.#lending.size,
      full: false,
      since: undefined,
      received: this.#received,
      delivered: this.delivered,
      dropped: this.dropped,
    }
  }

  idle(): boolean {
    return this.seats.size === 0 && this.#lending.size === 0
  }

  /** The last receiver has gone: credit is asked back. */
  protected drain(): void {
    for (const producer of this.#lending.producers()) producer.drain()
  }

  protected finish(transit: Transit, outcome: DeliveryOutcome): void {
    this.#depth--
    this.#bytes -= transit.message.bytes.length
    this.#lending.ended(transit.producer)
    transit.producer.settle(transit.delivery, outcome)
    this.replenish(transit.producer)
  }
}
