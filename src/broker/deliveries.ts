import type { FrameReader } from '../amqp/frame-reader.js'
import { type DeliveryOutcome, MODIFIED, readOutcome } from './outcome.js'
import type { OutgoingLink } from './outgoing-link.js'
import { Refusal } from './refusal.js'
import { SentWindow, type Waiting } from './sent-window.js'

interface Sent extends Waiting {
  readonly link: OutgoingLink
  readonly token: unknown
}

/** The deliveries that a session has sent and that wait for their outcome. */
export class Deliveries {
  readonly #sent = new SentWindow<Sent>()
  #next = 0

  /** The id of the next delivery, remembered until it is settled unless it goes out settled. */
  add(link: OutgoingLink, token: unknown): number {
    const id = this.#next
    this.#next = (id + 1) >>> 0
    if (!link.presettled) this.#sent.add({ id, link, token })
    return id
  }

  forget(link: OutgoingLink): void {
    for (const sent of this.#sent.all()) if (sent.link === link) this.#sent.take(sent.id)
  }

  /**
   * Applies a disposition of the receiving peer. `confirm` is called for terminal states that the peer has not settled
   * itself (receiver-settle-mode second).
   */
  disposition(reader: FrameReader, confirm: (id: number, outcome: DeliveryOutcome) => void): void {
    const first = reader.uint()
    if (first === undefined) throw new Refusal('connection', 'amqp:decode-error', 'a disposition without its first delivery')
    const last = reader.uint() ?? first
    const settled = reader.flag()
    const before = reader.at
    const state = reader.field()
    const raw = reader.sliceFrom(before)
    // Settled without telling an outcome: in doubt, so it comes again, and in the end becomes a dead letter.
    const outcome = readOutcome(raw, state) ?? (settled ? MODIFIED : undefined)
    if (!outcome) return
    const span = (last - first) >>> 0
    if (span < this.#sent.size) {
      for (let i = 0; i <= span; i++) this.#end((first + i) >>> 0, settled, outcome, confirm)
    } else {
      for (const { id } of this.#sent.all()) if ((id - first) >>> 0 <= span) this.#end(id, settled, outcome, confirm)
    }
  }

  #end(id: number, settled: boolean, outcome: DeliveryOutcome, confirm: (id: number, outcome: DeliveryOutcome) => void): void {
    const sent = this.#sent.take(id)
    if (!sent) return
    if (!settled) confirm(id, outcome)
    sent.link.settled(sent.token, outcome)
  }
}

/** A message that did not fit into one frame or into the peer's session window at once. */
export interface Remainder {
  readonly payload: Buffer
  at: number
}
