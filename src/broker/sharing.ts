import type { Producer } from './address.js'
import { entryBytes } from './fill.js'
import type { MemoryBound } from './memory-bound.js'
import type { Message } from './message.js'
import { Pace, WINDOW, WINDOW_BYTES } from './pace.js'

/** What is free is lent a part at a time: one sender that is lent much and sends nothing leaves room for the others. */
const PART = 1 / 4

/**
 * Credit of an address that stores: a part of its free bytes is shared among its producers, each in messages of the size
 * that it sends. One sender alone, whose messages do not grow, never sends more than fits; what others were lent before and
 * send when it is full comes on top, and so do messages larger than those before: hence the hard bound (`Fill.overrun`).
 */
export class Sharing {
  readonly #paces = new Map<Producer, Pace>()
  readonly #free: () => number
  readonly #memory: MemoryBound

  /** @param free Bytes that the address has room for; 0: nobody gets credit. */
  constructor(free: () => number, memory: MemoryBound) {
    this.#free = free
    this.#memory = memory
  }

  get size(): number {
    return this.#paces.size
  }

  add(producer: Producer): void {
    this.#paces.set(producer, new Pace())
    this.#memory.senders++
    this.topUp(producer)
  }

  remove(producer: Producer): void {
    if (this.#paces.delete(producer)) this.#memory.senders--
  }

  /** A message of this producer has come in by its credit. */
  used(producer: Producer, message: Message): void {
    this.#paces.get(producer)?.arrived(entryBytes(message))
    this.topUp(producer)
  }

  topUp(producer: Producer): void {
    const credit = producer.credit()
    const pace = this.#paces.get(producer)
    if (credit > WINDOW / 2 || !pace) return
    const free = this.#free()
    if (free <= 0) return
    // One at least: where there is less room for each than a message, the address would never become full, and so never have room again.
    const total = pace.credit(Math.min(WINDOW_BYTES, (free * PART) / this.#paces.size, (this.#memory.free * PART) / this.#memory.senders))
    if (credit <= total / 2) producer.grant(total)
  }

  topUpAll(): void {
    for (const producer of this.#paces.keys()) this.topUp(producer)
  }
}
