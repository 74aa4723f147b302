import type { Producer } from './address.js'
import { entryBytes } from './fill.js'
import type { Message } from './message.js'
import { Pace, WINDOW_BYTES } from './pace.js'

/** Credit that an address without storage lends a sender at most: a router's link capacity. */
export const DIRECT_WINDOW = 250
/** Top-ups come in groups, not one by one. */
const GROUP = DIRECT_WINDOW / 10

/** What one producer has under way, and how large its messages are. */
interface Loan {
  readonly pace: Pace
  inFlight: number
}

/**
 * Credit of an address without storage: what a producer may have in flight is bounded, in messages and in bytes of the size
 * that they have, and settlement earns it back.
 */
export class Lending {
  readonly #loans = new Map<Producer, Loan>()

  get size(): number {
    return this.#loans.size
  }

  producers(): Iterable<Producer> {
    return this.#loans.keys()
  }

  add(producer: Producer): void {
    // The whole window at first, as a router gives it.
    this.#loans.set(producer, { pace: new Pace(DIRECT_WINDOW, 1), inFlight: 0 })
  }

  remove(producer: Producer): void {
    this.#loans.delete(producer)
  }

  /** A delivery of this producer began. */
  began(producer: Producer, message: Message): void {
    const loan = this.#loans.get(producer)
    if (!loan) return
    loan.pace.arrived(entryBytes(message))
    loan.inFlight++
  }

  ended(producer: Producer): void {
    const loan = this.#loans.get(producer)
    if (loan) loan.inFlight--
  }

  topUp(producer: Producer): void {
    const loan = this.#loans.get(producer)
    if (!loan) return
    const allowance = Math.min(DIRECT_WINDOW, loan.pace.credit(WINDOW_BYTES)) - loan.inFlight
    const credit = producer.credit()
    if (allowance - credit >= GROUP || (credit <= 0 && allowance > 0)) producer.grant(allowance)
  }
}
