import type { Address, AddressStats, AddressType, Consumer, Producer, Source } from './address.js'
import { Backlog } from './backlog.js'
import type { Entry } from './entries.js'
import { Held } from './held.js'
import { Intake } from './intake.js'
import type { Message } from './message.js'
import { type DeliveryOutcome, RELEASED } from './outcome.js'
import type { QueueOptions } from './queue-options.js'
import { Sharing } from './sharing.js'
import type { Stored } from './stored.js'

/** The place of one consumer: which entries it holds, and up to where its selector has looked. */
interface Seat {
  readonly consumer: Consumer
  readonly held: Held
  scanned: number
}

/**
 * Competing consumers over messages in memory, bounded in bytes. Durable ones lie on the disk, too, where the queue has a
 * store, and are delivered once they do.
 */
export class Queue implements Address, Source {
  readonly name: string
  readonly type: AddressType
  readonly #options: QueueOptions
  readonly #intake: Intake
  readonly #backlog: Backlog
  readonly #seats = new Map<Consumer, Seat>()
  readonly #order: Seat[] = []
  readonly #sharing: Sharing
  #turn = 0
  #pumping = false
  #received = 0
  #delivered = 0
  #dropped = 0

  constructor(options: QueueOptions) {
    this.#options = options
    this.name = options.name
    this.type = options.type
    this.#intake = new Intake(options.keeping)
    this.#backlog = new Backlog(options, this)
    this.#sharing = new Sharing(() => (this.#intake.full ? 0 : this.free()), options.memory)
  }

  /** Its number in the store, alone in a list; empty where it lives in memory. */
  get numbers(): readonly number[] {
    return this.#backlog.numbers
  }

  /** Bytes that it has room for; 0 while it is full, or the node is. */
  free(): number {
    return this.#backlog.fill.free
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  overrun(): boolean {
    return this.#backlog.fill.overrun
  }

  isFull(): boolean {
    return this.#backlog.fill.full
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
    if (this.overrun() || this.#intake.overrun) {
      producer.settle(delivery, RELEASED)
      if (delivery < 0) this.#dropped++
    } else {
      const stored = this.#intake.take(producer, delivery, message, this.numbers)
      if (stored !== 'repeat') this.put(message, stored)
    }
    this.#sharing.used(producer, message)
  }

  /** Takes a message that no sender waits for. */
  add(message: Message): void {
    this.put(message, this.#intake.keep(message, this.numbers))
  }

  /** Takes back a message that was stored before a restart. */
  restore = (stored: Stored): void => this.#backlog.restore(stored)

  /** Queues and delivers; `stored` is where the message lies on the disk. */
  put(message: Message, stored: Stored | undefined): void {
    this.#received++
    this.#backlog.append(message, stored, 0)
    this.#deliver()
  }

  addConsumer(consumer: Consumer): void {
    const seat: Seat = { consumer, held: new Held(), scanned: -1 }
    this.#seats.set(consumer, seat)
    this.#order.push(seat)
  }

  removeConsumer(consumer: Consumer): void {
    const seat = this.#seats.get(consumer)
    if (!seat) return
    this.#seats.delete(consumer)
    this.#order.splice(this.#order.indexOf(seat), 1)
    // It may have seen them, so their count rises, but a lost link is no failure of the message.
    const held = seat.held.takeAll()
    for (const entry of held) entry.deliveryCount++
    this.#giveBack(held)
  }

  pump(_consumer: Consumer): void {
    this.#deliver()
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const entry = token as Entry
    const seat = this.#seats.get(consumer)
    if (!seat?.held.take(entry)) return
    if (outcome.kind === 'accepted') this.#forget(entry)
    else if (outcome.kind === 'rejected') this.#bury(entry)
    else {
      if (outcome.deliveryFailed) this.#backlog.fail(entry)
      if (outcome.undeliverableHere) entry.excluded = (entry.excluded ?? new Set()).add(consumer)
      const limit = this.#options.maxDeliveries
      if (limit >= 0 && entry.failures >= limit) this.#bury(entry)
      else this.#giveBack([entry])
    }
  }

  stats(): AddressStats {
    const { fill } = this.#backlog
    return {
      name: this.name,
      type: this.type,
      depth: fill.depth,
      bytes: fill.bytes,
      consumers: this.#seats.size,
      producers: this.#sharing.size,
      full: fill.full,
      since: fill.since,
      received: this.#received,
      delivered: this.#delivered,
      dropped: this.#dropped,
    }
  }

  idle(): boolean {
    return this.#seats.size === 0 && this.#sharing.size === 0 && this.#backlog.fill.depth === 0
  }

  /** Closes the consumers' links; their messages come back. */
  dissolve(condition: string, description: string): void {
    for (const seat of [...this.#order]) seat.consumer.expel(condition, description)
  }

  /** It is no more, and its messages need no place on the disk. */
  discard(): void {
    this.#backlog.discard(this.#order.flatMap(({ held }) => [...held]))
  }

  /** Senders that waited for the disk go on. */
  topUp(): void {
    this.#sharing.topUpAll()
  }

  /** More of what it holds is on the disk. */
  wake(): void {
    this.#deliver()
  }

  #deliver(): void {
    if (this.#pumping) return
    this.#pumping = true
    let idle = 0
    while (this.#backlog.ready.head && idle < this.#order.length) {
      this.#turn = (this.#turn + 1) % this.#order.length
      const seat = this.#order[this.#turn]!
      const entry = seat.consumer.ready() ? this.#nextFor(seat) : undefined
      if (!entry) {
        idle++
        continue
      }
      idle = 0
      this.#backlog.hand(entry)
      this.#delivered++
      if (seat.consumer.presettled) {
        seat.consumer.send(entry.message, entry.deliveryCount, undefined)
        this.#forget(entry)
      } else {
        seat.held.add(entry)
        seat.consumer.send(entry.message, entry.deliveryCount, entry)
      }
    }
    this.#pumping = false
  }

  #nextFor(seat: Seat): Entry | undefined {
    const { ready } = this.#backlog
    const selector = seat.consumer.selector
    let entry = selector ? ready.after(seat.scanned) : ready.head
    while (entry) {
      const next: Entry | undefined = entry.next
      // Those behind one that is not on the disk yet wait, too, so that order is kept.
      if (this.#backlog.isUnderWay(entry)) return undefined
      if (this.#backlog.isExpired(entry)) {
        ready.remove(entry)
        this.#dropped++
        this.#forget(entry)
      } else if (!selector) {
        if (!entry.excluded?.has(seat.consumer)) return entry
      } else {
        if (!entry.excluded?.has(seat.consumer) && selector.matches(entry.message)) return entry
        seat.scanned = entry.seq
      }
      entry = next
    }
    return undefined
  }

  #giveBack(entries: Entry[]): void {
    if (entries.length === 0) return
    entries.sort((a, b) => a.seq - b.seq)
    for (const seat of this.#order) seat.scanned = Math.min(seat.scanned, entries[0]!.seq - 1)
    this.#backlog.ready.putBack(entries)
    this.#deliver()
  }

  #bury(entry: Entry): void {
    if (!this.#options.deadLetter?.(entry.message)) this.#dropped++
    this.#forget(entry)
  }

  #forget(entry: Entry): void {
    if (!this.#backlog.forget(entry)) return
    this.#sharing.topUpAll()
    this.#options.onRoom()
    this.#options.onChange()
  }
}
