import type { Producer } from './address.js'

/** Credit that an address without storage lends a sender at most: a router's link capacity. */
export const DIRECT_WINDOW = 250
/** Top-ups come in groups, not one by one. */
const GROUP = DIRECT_WINDOW / 10

/** Credit of an address without storage: what a producer may have in flight is bounded, and settlement earns it back. */
export class Lending {
  readonly #inFlight = new Map<Producer, number>()

  get size(): number {
    return this.#inFlight.size
  }

  producers(): Iterable<Producer> {
    return this.#inFlight.keys()
  }

  add(producer: Producer): void {
    this.#inFlight.set(producer, 0)
  }

  remove(producer: Producer): void {
    this.#inFlight.delete(producer)
  }

  /** A delivery of this producer began (1) or ended (-1). */
  count(producer: Producer, change: number): void {
    const before = this.#inFlight.get(producer)
    if (before !== undefined) this.#inFlight.set(producer, before + change)
  }

  topUp(producer: Producer): void {
    const allowance = DIRECT_WINDOW - (this.#inFlight.get(producer) ?? DIRECT_WINDOW)
    const credit = producer.credit()
    if (allowance - credit >= GROUP || (credit <= 0 && allowance > 0)) producer.grant(allowance)
  }
}
