import type { Consumer, Producer } from './address.js'
import { DirectAddress, type Transit } from './direct-address.js'
import type { Message } from './message.js'
import { ACCEPTED, type DeliveryOutcome, MODIFIED, RELEASED } from './outcome.js'

/** Hands each message to the least busy receiver; a seat is what its receiver holds. */
export class Anycast extends DirectAddress<Set<Transit>> {
  readonly type = 'anycast'
  readonly #waiting = new Set<Transit>()

  removeConsumer(consumer: Consumer): void {
    const held = this.seats.get(consumer)
    this.seats.delete(consumer)
    for (const transit of held ?? []) this.finish(transit, MODIFIED)
    if (this.seats.size > 0) {
      this.#deliver()
      return
    }
    for (const transit of this.#waiting) {
      if (transit.delivery < 0) this.dropped++
      this.finish(transit, RELEASED)
    }
    this.#waiting.clear()
    this.drain()
  }

  pump(_consumer: Consumer): void {
    this.#deliver()
  }

  done(consumer: Consumer, token: unknown, outcome: DeliveryOutcome): void {
    const transit = token as Transit
    if (this.seats.get(consumer)?.delete(transit)) this.finish(transit, outcome)
  }

  protected newSeat(): Set<Transit> {
    return new Set()
  }

  protected take(producer: Producer, delivery: number, message: Message): void {
    this.#waiting.add({ producer, delivery, message })
    this.#deliver()
  }

  #deliver(): void {
    for (const transit of this.#waiting) {
      const consumer = this.#choose()
      if (!consumer) return
      this.#waiting.delete(transit)
      this.delivered++
      if (consumer.presettled || transit.delivery < 0) {
        consumer.send(transit.message, 0, transit)
        this.finish(transit, ACCEPTED)
      } else {
        this.seats.get(consumer)!.add(transit)
        consumer.send(transit.message, 0, transit)
      }
    }
  }

  #choose(): Consumer | undefined {
    let best: Consumer | undefined
    for (const consumer of this.seats.keys()) {
      if (consumer.ready() && (!best || consumer.unsettled() < best.unsettled())) best = consumer
    }
    return best
  }
}
