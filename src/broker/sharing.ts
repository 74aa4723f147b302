import type { Producer } from './address.js'

/** Credit that an address lends one sender at most. */
export const WINDOW = 1000

/** Credit of an address that stores: its room, in messages, is shared among its producers. */
export class Sharing {
  readonly #producers = new Set<Producer>()
  readonly #room: () => number

  constructor(room: () => number) {
    this.#room = room
  }

  get size(): number {
    return this.#producers.size
  }

  add(producer: Producer): void {
    this.#producers.add(producer)
    this.topUp(producer)
  }

  remove(producer: Producer): void {
    this.#producers.delete(producer)
  }

  topUp(producer: Producer): void {
    const credit = producer.credit()
    if (credit > WINDOW / 2) return
    // One at least: where there is room for fewer messages than producers, it would never become full, and so never have room again.
    const share = Math.ceil(this.#room() / Math.max(1, this.#producers.size))
    if (share > credit) producer.grant(Math.min(WINDOW, share))
  }

  topUpAll(): void {
    for (const producer of this.#producers) this.topUp(producer)
  }
}
