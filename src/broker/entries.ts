import type { Consumer } from './address.js'
import type { Held } from './held.js'
import type { Message } from './message.js'
import type { Stored } from './stored.js'

/** A message in a queue, in a list ordered by arrival. */
export interface Entry {
  readonly message: Message
  /** Where it lies on the disk; undefined where it lives in memory only. */
  readonly stored: Stored | undefined
  readonly seq: number
  /** Monotonic ms after which it is no longer delivered. */
  readonly expires: number
  /** Earlier deliveries that may have been seen; it goes into the header. */
  deliveryCount: number
  /** Deliveries that the receiver itself called failed. */
  failures: number
  excluded: Set<Consumer> | undefined
  /** Undefined while it is ready. */
  holder: Held | undefined
  previous: Entry | undefined
  next: Entry | undefined
}

/**
 * A doubly linked list of entries, each in one such list at a time. Ready ones are ordered by `seq`: returned messages regain
 * their place.
 */
export class Entries {
  head: Entry | undefined
  #tail: Entry | undefined
  length = 0

  append(entry: Entry): void {
    entry.previous = this.#tail
    entry.next = undefined
    if (this.#tail) this.#tail.next = entry
    else this.head = entry
    this.#tail = entry
    this.length++
  }

  remove(entry: Entry): void {
    if (entry.previous) entry.previous.next = entry.next
    else this.head = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else this.#tail = entry.previous
    entry.previous = undefined
    entry.next = undefined
    this.length--
  }

  /** The first entry later than `seq`, sought from the tail: what a selector has passed over is not walked again. */
  after(seq: number): Entry | undefined {
    let found: Entry | undefined
    let at = this.#tail
    while (at && at.seq > seq) {
      found = at
      at = at.previous
    }
    return found
  }

  /** Puts entries, ascending by `seq`, back where they were: one pass from the head. */
  putBack(entries: readonly Entry[]): void {
    let at = this.head
    for (const entry of entries) {
      while (at && at.seq < entry.seq) at = at.next
      if (!at) {
        this.append(entry)
        continue
      }
      entry.next = at
      entry.previous = at.previous
      if (at.previous) at.previous.next = entry
      else this.head = entry
      at.previous = entry
      this.length++
    }
  }
}
