import type { Consumer, Producer } from './address.js'
import { DirectAddress, type Transit } from './direct-address.js'
import type { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED } from './outcome.js'

/** Highest first: one rejection tells the sender more than any number of acceptances. */
const RANK = { rejected: 3, accepted: 2, modified: 1, released: 0 } as const

/** One message, until all its copies have ended. */
interface Broadcast extends Transit {
  open: number
  outcome: DeliveryOutcome | undefined
}

interface Seat {
  readonly waiting: Set<Broadcast>
  readonly held: Set<Broadcast>
}

/** A copy to every receiver attached now; the sender hears one outcome, when all copies have ended. */
export class Multicast extends DirectAddress<Seat> {
  readonly type = 'multicast'

  removeConsumer(consumer: Consumer): void {
    const seat = this.seats.get(consumer)
    this.seats.delete(consumer)
    for (const broadcast of seat?.held ?? []) this.#copyEnded(broadcast, MODIFIED)
    for (const broadcast of seat?.waiting ?? []) this.#copyEnded(broadcast, RELEASED)
    if (this.seats.size === 0) this.drain()
  }

  pump(consumer: Consumer): void {
    const seat = this.seats.get(consumer)
    if (!seat) return
    for (const broadcast of seat.waiting) {
      if (!consumer.ready()) return
      seat.waiting.delete(broadcast)
      this.delivered++
      if (consumer.presettled || broadcast.delivery < 0) {
        consumer.send(broadcast.message, 0, broadcast)
        this.#copyEnded(broadcast, ACCEPTED)
      } else {
        seat.held.add(broadcast)
        consumer.send(broadcast.message, 0, broadcast)
      }
    }
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const broadcast = token as Broadcast
    if (this.seats.get(consumer)?.held.delete(broadcast)) this.#copyEnded(broadcast, outcome)
  }

  protected newSeat(): Seat {
    return { waiting: new Set(), held: new Set() }
  }

  protected take(producer: Producer, delivery: number, message: Message): void {
    const broadcast: Broadcast = { producer, delivery, message, open: this.seats.size, outcome: undefined }
    for (const seat of this.seats.values()) seat.waiting.add(broadcast)
    for (const consumer of [...this.seats.keys()]) this.pump(consumer)
  }

  #copyEnded(broadcast: Broadcast, outcome: DeliveryOutcome): void {
    if (!broadcast.outcome || RANK[outcome.kind] > RANK[broadcast.outcome.kind]) broadcast.outcome = outcome
    broadcast.open--
    if (broadcast.open === 0) this.finish(broadcast, broadcast.outcome)
  }
}
