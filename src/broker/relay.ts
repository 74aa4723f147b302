import type { Producer, Target } from './address.js'
import { entryBytes } from './fill.js'
import { DIRECT_WINDOW } from './lending.js'
import type { Message } from './message.js'
import { type DeliveryOutcome, rejected } from './outcome.js'
import { Pace, WINDOW_BYTES } from './pace.js'
import { Refusal } from './refusal.js'

/** Lends a message of an anonymous link to its address: credit stays the link's own affair. */
class Passage implements Producer {
  readonly #link: Producer
  readonly #ended: () => void

  constructor(link: Producer, ended: () => void) {
    this.#link = link
    this.#ended = ended
  }

  grant(): void {}

  credit(): number {
    return Number.MAX_SAFE_INTEGER
  }

  drain(): void {}

  settle(delivery: number, outcome: DeliveryOutcome): void {
    this.#ended()
    this.#link.settle(delivery, outcome)
  }
}

/** The target of a link without address: each message goes where its `to` says (anonymous terminus for message routing). */
export class Relay implements Target {
  readonly #find: (address: string) => Target
  readonly #pace = new Pace()
  #inFlight = 0

  constructor(find: (address: string) => Target) {
    this.#find = find
  }

  addProducer(producer: Producer): void {
    this.replenish(producer)
  }

  removeProducer(): void {}

  replenish(producer: Producer): void {
    const allowance = Math.min(DIRECT_WINDOW, this.#pace.credit(WINDOW_BYTES)) - this.#inFlight
    if (producer.credit() <= allowance / 2) producer.grant(allowance)
  }

  receive(producer: Producer, delivery: number, message: Message): void {
    this.#pace.arrived(entryBytes(message))
    const to = message.decoded.properties[2]
    if (typeof to !== 'string' || to === '') {
      producer.settle(delivery, rejected('amqp:invalid-field', 'a message on a link without address names its own in `to`'))
      this.replenish(producer)
      return
    }
    try {
      const target = this.#find(to)
      // Nobody waits for the outcome of one that came settled, and it may not be told.
      let open = delivery >= 0
      if (open) this.#inFlight++
      const passage = new Passage(producer, () => {
        if (!open) return
        open = false
        this.#inFlight--
        // Where all of it waited for the disk, nothing else would ask for more.
        this.replenish(producer)
      })
      target.receive(passage, delivery, message)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      producer.settle(delivery, rejected(error.condition, error.message))
    }
    this.replenish(producer)
  }
}
