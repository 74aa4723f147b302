import type { Address, AddressStats, AddressType, Consumer, Producer, Source } from './address.js'
import { Entries, type Entry } from './entries.js'
import type { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, RELEASED } from './outcome.js'
import type { QueueOptions } from './queue-options.js'
import { Sharing } from './sharing.js'

/** What a stored message costs beyond its bytes. */
const ENTRY_BYTES = 128
/** Above this part of its bytes a queue that was full stays full, so that credit does not flutter. */
const REFILL_BELOW = 0.75

/** The place of one consumer: which entries it holds, and up to where its selector has looked. */
interface Seat {
  readonly consumer: Consumer
  readonly held: Set<Entry>
  scanned: number
}

/** Competing consumers over messages in memory, bounded in bytes. */
export class Queue implements Address, Source {
  readonly name: string
  readonly type: AddressType
  readonly #options: QueueOptions
  readonly #ready = new Entries()
  readonly #seats = new Map<Consumer, Seat>()
  readonly #order: Seat[] = []
  readonly #sharing = new Sharing(() => (this.isFull() ? 0 : this.room()))
  #turn = 0
  #seq = 0
  #depth = 0
  #bytes = 0
  #largest = 256
  #fullSince: number | undefined
  #pumping = false
  #received = 0
  #delivered = 0
  #dropped = 0

  constructor(options: QueueOptions) {
    this.#options = options
    this.name = options.name
    this.type = options.type
  }

  /** Messages of the size seen lately that still fit. */
  room(): number {
    return Math.max(0, Math.floor((this.#options.bytes - this.#bytes) / (this.#largest + ENTRY_BYTES)))
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  overrun(): boolean {
    return this.#bytes > this.#options.bytes * 1.25
  }

  isFull(): boolean {
    return this.#fullSince !== undefined
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
    // Credit was lent by the size of earlier messages; larger ones may overrun it, so there is a hard bound too.
    if (this.overrun()) {
      producer.settle(delivery, RELEASED)
      if (delivery < 0) this.#dropped++
    } else {
      this.put(message)
      producer.settle(delivery, ACCEPTED)
    }
    this.replenish(producer)
  }

  /** Stores and delivers. */
  put(message: Message): void {
    const expires = message.ttl === undefined ? Number.POSITIVE_INFINITY : this.#options.time.monotonic() + message.ttl
    const entry: Entry = {
      message,
      seq: this.#seq++,
      expires,
      deliveryCount: 0,
      failures: 0,
      excluded: undefined,
      previous: undefined,
      next: undefined,
    }
    this.#received++
    this.#depth++
    this.#bytes += message.bytes.length + ENTRY_BYTES
    this.#largest = Math.max(message.bytes.length, this.#largest * 0.999)
    this.#ready.append(entry)
    if (this.room() === 0 && this.#fullSince === undefined) {
      this.#fullSince = this.#options.time.wall()
      this.#options.onChange()
    }
    this.#deliver()
  }

  addConsumer(consumer: Consumer): void {
    const seat: Seat = { consumer, held: new Set(), scanned: -1 }
    this.#seats.set(consumer, seat)
    this.#order.push(seat)
  }

  removeConsumer(consumer: Consumer): void {
    const seat = this.#seats.get(consumer)
    if (!seat) return
    this.#seats.delete(consumer)
    this.#order.splice(this.#order.indexOf(seat), 1)
    // It may have seen them, so their count rises, but a lost link is no failure of the message.
    for (const entry of seat.held) entry.deliveryCount++
    this.#giveBack([...seat.held])
  }

  pump(_consumer: Consumer): void {
    this.#deliver()
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const entry = token as Entry
    const seat = this.#seats.get(consumer)
    if (!seat?.held.delete(entry)) return
    if (outcome.kind === 'accepted') this.#forget(entry)
    else if (outcome.kind === 'rejected') this.#bury(entry)
    else {
      if (outcome.deliveryFailed) {
        entry.deliveryCount++
        entry.failures++
      }
      if (outcome.undeliverableHere) {
        entry.excluded ??= new Set()
        entry.excluded.add(consumer)
      }
      const limit = this.#options.maxDeliveries
      if (limit >= 0 && entry.failures >= limit) this.#bury(entry)
      else this.#giveBack([entry])
    }
  }

  stats(): AddressStats {
    return {
      name: this.name,
      type: this.type,
      depth: this.#depth,
      bytes: this.#bytes,
      consumers: this.#seats.size,
      producers: this.#sharing.size,
      full: this.isFull(),
      since: this.#fullSince,
      received: this.#received,
      delivered: this.#delivered,
      dropped: this.#dropped,
    }
  }

  idle(): boolean {
    return this.#seats.size === 0 && this.#sharing.size === 0 && this.#depth === 0
  }

  /** Closes the consumers' links and lets the messages go. */
  dissolve(condition: string, description: string): void {
    for (const seat of [...this.#order]) seat.consumer.expel(condition, description)
  }

  #deliver(): void {
    if (this.#pumping) return
    this.#pumping = true
    let idle = 0
    while (this.#ready.head && idle < this.#order.length) {
      this.#turn = (this.#turn + 1) % this.#order.length
      const seat = this.#order[this.#turn]!
      const entry = seat.consumer.ready() ? this.#nextFor(seat) : undefined
      if (!entry) {
        idle++
        continue
      }
      idle = 0
      this.#ready.remove(entry)
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
    const selector = seat.consumer.selector
    let entry = selector ? this.#ready.after(seat.scanned) : this.#ready.head
    while (entry) {
      const next: Entry | undefined = entry.next
      if (entry.expires !== Number.POSITIVE_INFINITY && entry.expires <= this.#options.time.monotonic()) {
        this.#ready.remove(entry)
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
    this.#ready.putBack(entries)
    this.#deliver()
  }

  #bury(entry: Entry): void {
    if (!this.#options.deadLetter?.(entry.message)) this.#dropped++
    this.#forget(entry)
  }

  #forget(entry: Entry): void {
    this.#depth--
    this.#bytes -= entry.message.bytes.length + ENTRY_BYTES
    if (this.#fullSince !== undefined) {
      if (this.#bytes > this.#options.bytes * REFILL_BELOW) return
      this.#fullSince = undefined
      this.#sharing.topUpAll()
      this.#options.onRoom()
      this.#options.onChange()
    }
  }
}
