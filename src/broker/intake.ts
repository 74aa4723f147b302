import type { Producer } from './address.js'
import { duplicateId } from './duplicate-id.js'
import { DuplicateIds } from './duplicate-ids.js'
import type { Kept } from './kept.js'
import type { Message } from './message.js'
import { ACCEPTED } from './outcome.js'
import type { QueueStore } from './queue-store.js'
import type { Stored } from './stored.js'

/** Where an address keeps what is durable. */
export interface Keeping {
  readonly store: QueueStore
  readonly kept: Kept
}

/** How an address that stores takes a message in: repeated ids are dropped, durable messages are appended before they are accepted. */
export class Intake {
  readonly #keeping: Keeping | undefined
  readonly #ids: DuplicateIds

  /** @param keeping Undefined: the address lives in memory. */
  constructor(keeping: Keeping | undefined) {
    this.#keeping = keeping
    this.#ids = keeping?.kept.ids ?? new DuplicateIds()
  }

  /** The disk holds the senders up. */
  get full(): boolean {
    return this.#keeping?.store.full === true
  }

  get overrun(): boolean {
    return this.#keeping?.store.overrun === true
  }

  /**
   * Takes a message for the queues with these numbers (none: none of them outlives the process), and accepts it, now or
   * once it is durable.
   *
   * @returns Where it is stored; undefined where it lives in memory; `repeat` where its id was seen, so that nobody shall get
   * it. Artemis answers a repeat likewise: accepted.
   */
  take(producer: Producer, delivery: number, message: Message, holders: readonly number[]): Stored | undefined | 'repeat' {
    const id = duplicateId(message.bytes)
    const earlier = id === undefined ? undefined : this.#ids.find(id)
    if (earlier !== undefined) {
      // The first one may still be on its way to the disk: its repeat must not be accepted before it.
      this.#accept(earlier, producer, delivery)
      return 'repeat'
    }
    const stored = this.keep(message, holders, id)
    let record = stored?.seq ?? 0
    if (id !== undefined) {
      if (record === 0 && message.durable && this.#keeping) record = this.#keeping.store.putId(this.#keeping.kept, id)
      this.#ids.add(id, record)
    }
    this.#accept(record, producer, delivery)
    return stored
  }

  /** Appends a durable message for these queues; undefined where it lives in memory. */
  keep(message: Message, holders: readonly number[], id?: string): Stored | undefined {
    if (!this.#keeping || !message.durable || holders.length === 0) return undefined
    return this.#keeping.store.put(message, holders, this.#keeping.kept.number, id)
  }

  #accept(record: number, producer: Producer, delivery: number): void {
    if (record > 0 && this.#keeping) this.#keeping.store.settle(record, producer, delivery)
    else producer.settle(delivery, ACCEPTED)
  }
}
