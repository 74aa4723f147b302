import type { Consumer, Source } from './address.js'
import type { Remainder } from './deliveries.js'
import type { Message } from './message.js'
import type { DeliveryOutcome } from './outcome.js'
import type { Selector } from './selector.js'
import type { Session } from './session.js'

/** A link on which the peer receives. Never more messages than its credit. */
export class OutgoingLink implements Consumer {
  readonly name: string
  readonly handle: number
  readonly presettled: boolean
  readonly selector: Selector | undefined
  remainder: Remainder | undefined
  readonly #session: Session
  #source: Source | undefined
  #credit = 0
  #deliveryCount = 0
  #draining = false
  #open = 0

  constructor(session: Session, name: string, handle: number, presettled: boolean, selector: Selector | undefined) {
    this.#session = session
    this.name = name
    this.handle = handle
    this.presettled = presettled
    this.selector = selector
  }

  /** Takes its place at the address; messages may flow once there is credit. */
  bind(source: Source): void {
    this.#source = source
    source.addConsumer(this)
  }

  ready(): boolean {
    return this.#credit > 0 && this.remainder === undefined && this.#session.canSend()
  }

  send(message: Message, deliveryCount: number, token: unknown): void {
    this.#credit--
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0
    if (!this.presettled) this.#open++
    this.#session.transfer(this, message, deliveryCount, token)
  }

  unsettled(): number {
    return this.#open
  }

  /** The peer's flow: credit counts from the peer's own view of our delivery count, part 2 §2.6.7. */
  flow(peerCount: number | undefined, linkCredit: number, drain: boolean): void {
    const ahead = peerCount === undefined ? 0 : (this.#deliveryCount - peerCount) | 0
    this.#credit = Math.max(0, linkCredit - ahead)
    this.#draining = drain
    this.pump()
  }

  pump(): void {
    if (!this.#source) return
    this.#source.pump(this)
    if (!this.#draining || this.remainder || (this.#credit > 0 && !this.#session.canSend())) return
    this.#draining = false
    this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0
    this.#credit = 0
    this.#session.writeFlow(this.handle, this.#deliveryCount, 0, true)
  }

  /** Tells where the link stands, when the peer asks. */
  echo(): void {
    this.#session.writeFlow(this.handle, this.#deliveryCount, this.#credit, false)
  }

  settled(token: unknown, outcome: DeliveryOutcome): void {
    this.#open--
    this.#source?.done(this, token, outcome)
  }

  expel(condition: string, description: string): void {
    this.#session.detachLink(this.handle, condition, description)
  }

  /** The link is gone: its messages go back. */
  release(): void {
    const source = this.#source
    this.#source = undefined
    this.#credit = 0
    source?.removeConsumer(this)
  }
}
