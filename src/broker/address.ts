import type { Message } from './message.js'
import type { DeliveryOutcome } from './outcome.js'
import type { Selector } from './selector.js'

/** The kinds of address that the node knows. */
export type AddressType = 'queue' | 'topic' | 'anycast' | 'multicast' | 'subscription'

/** One address as the status page shows it. */
export interface AddressStats {
  readonly name: string
  readonly type: AddressType
  /** Messages stored or waiting, delivered but unsettled ones included. */
  readonly depth: number
  readonly bytes: number
  readonly consumers: number
  readonly producers: number
  /** It gives its senders no credit, because its bytes are used up. */
  readonly full: boolean
  /** Wall ms since it is full. */
  readonly since: number | undefined
  readonly received: number
  readonly delivered: number
  /** Messages that were let go: expired, over the dead-letter bound, or pre-settled without a receiver. */
  readonly dropped: number
}

/** The node's end of a link on which the peer receives. */
export interface Consumer {
  readonly selector: Selector | undefined
  /** It settles on sending: what it is given never comes back. */
  readonly presettled: boolean
  /** It has credit and its connection takes more. */
  ready(): boolean
  /** Sends; `token` comes back with the outcome. Only when `ready`. */
  send(message: Message, deliveryCount: number, token: unknown): void
  /** Deliveries sent and not yet settled. */
  unsettled(): number
  /** Closes the link from this side. */
  expel(condition: string, description: string): void
}

/** The node's end of a link on which the peer sends. */
export interface Producer {
  /** Sets the peer's credit to `total`, if that is more than what it has. */
  grant(total: number): void
  credit(): number
  /** Asks the peer to use or give back its credit at once. */
  drain(): void
  /** Tells the peer the outcome of a delivery, settled. Nothing for pre-settled ones. */
  settle(delivery: number, outcome: DeliveryOutcome): void
}

/** Where consumers get their messages: a queue, a subscription, or a direct address. */
export interface Source {
  addConsumer(consumer: Consumer): void
  /** Takes back what it held; `lost` when the connection went, not the link alone. */
  removeConsumer(consumer: Consumer): void
  /** Gives the consumer what there is while it is ready. */
  pump(consumer: Consumer): void
  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void
}

/** Where producers send to. */
export interface Target {
  addProducer(producer: Producer): void
  removeProducer(producer: Producer): void
  /** Called after each delivery and settlement: tops up the producer's credit. */
  replenish(producer: Producer): void
  /** Takes one message; `delivery` is the id to settle with, or -1 when the peer sent it settled. */
  receive(producer: Producer, delivery: number, message: Message): void
}

export interface Address extends Target {
  readonly name: string
  readonly type: AddressType
  stats(): AddressStats
  /** Neither links nor messages: it may be forgotten when it was made on demand. */
  idle(): boolean
}
