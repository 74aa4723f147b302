import { Entries, type Entry } from './entries.js'
import { Fill } from './fill.js'
import type { Keeping } from './intake.js'
import type { Message } from './message.js'
import type { QueueOptions } from './queue-options.js'
import type { Waiting } from './queue-store.js'
import type { Stored } from './stored.js'

const NOWHERE: readonly number[] = []

/** The messages of a queue: those that are ready, how full it is, and what is told to the store of each. */
export class Backlog {
  readonly ready = new Entries()
  readonly fill: Fill
  /** The queue's number in the store, alone in a list; empty where it lives in memory. */
  readonly numbers: readonly number[]
  readonly #options: QueueOptions
  readonly #keeping: Keeping | undefined
  readonly #owner: Waiting
  #seq = 0

  constructor(options: QueueOptions, owner: Waiting) {
    this.#options = options
    this.#keeping = options.keeping
    this.#owner = owner
    this.numbers = options.keeping ? [options.keeping.kept.number] : NOWHERE
    this.fill = new Fill(options.bytes, options.memory, options.time)
  }

  /** `stored`: where it lies on the disk; `elapsed`: ms of its time to live that are over. */
  append(message: Message, stored: Stored | undefined, elapsed: number): Entry {
    const { ttl } = message
    const entry: Entry = {
      message,
      stored,
      seq: this.#seq++,
      expires: ttl === undefined ? Number.POSITIVE_INFINITY : this.#options.time.monotonic() + ttl - elapsed,
      deliveryCount: 0,
      failures: 0,
      excluded: undefined,
      holder: undefined,
      previous: undefined,
      next: undefined,
    }
    this.ready.append(entry)
    if (this.fill.add(message)) this.#options.onChange()
    return entry
  }

  /** Takes back a message that was stored before a restart; one that a receiver may have seen is marked so. */
  restore(stored: Stored): void {
    const { kept } = this.#keeping!
    const attempts = stored.attempts?.get(kept.number)
    const entry = this.append(stored.message, stored, this.#options.time.wall() - stored.arrived)
    entry.deliveryCount = Math.max(attempts?.deliveryCount ?? 0, stored.seq <= kept.acquired ? 1 : 0)
    entry.failures = attempts?.failures ?? 0
  }

  isExpired(entry: Entry): boolean {
    return entry.expires !== Number.POSITIVE_INFINITY && entry.expires <= this.#options.time.monotonic()
  }

  /** Not on the disk yet; its queue is woken when more is. */
  isUnderWay(entry: Entry): boolean {
    if (!entry.stored || !this.#keeping || entry.stored.seq <= this.#keeping.store.durable) return false
    this.#keeping.store.wake(this.#owner)
    return true
  }

  /** It goes to a receiver. */
  hand(entry: Entry): void {
    this.ready.remove(entry)
    if (entry.stored) this.#keeping?.store.acquired(this.#keeping.kept, entry.stored.seq)
  }

  /** A receiver called its delivery failed. */
  fail(entry: Entry): void {
    entry.deliveryCount++
    entry.failures++
    const { stored, deliveryCount, failures } = entry
    if (stored) this.#keeping?.store.attempts(this.numbers[0]!, stored, { deliveryCount, failures })
  }

  /** Lets it go; true where this gave room again. */
  forget(entry: Entry): boolean {
    if (entry.stored) this.#keeping?.store.done(this.numbers[0]!, entry.stored)
    return this.fill.remove(entry.message)
  }

  /** The queue is no more: its messages need no place on the disk. `held`: those at receivers. */
  discard(held: readonly Entry[]): void {
    this.fill.end()
    if (!this.#keeping) return
    const { store, kept } = this.#keeping
    for (let entry = this.ready.head; entry; entry = entry.next) if (entry.stored) store.done(kept.number, entry.stored)
    for (const entry of held) if (entry.stored) store.done(kept.number, entry.stored)
    store.forget(kept)
  }
}
