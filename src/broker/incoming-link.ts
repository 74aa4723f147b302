import type { Producer, Target } from './address.js'
import { Message } from './message.js'
import type { DeliveryOutcome } from './outcome.js'
import { Refusal } from './refusal.js'
import type { Session } from './session.js'

/** A link on which the peer sends. */
export class IncomingLink implements Producer {
  readonly name: string
  readonly handle: number
  readonly #session: Session
  #target: Target | undefined
  /** The delivery count at which the credit lent so far ends. */
  #limit: number
  #deliveryCount: number
  #parts: Buffer[] = []
  #partBytes = 0
  /** Bytes in `parts`, as the budget counts them. */
  #held = 0
  #current = -1
  #format = 0
  #presettled = false

  constructor(session: Session, name: string, handle: number, initialDeliveryCount: number) {
    this.#session = session
    this.name = name
    this.handle = handle
    this.#deliveryCount = initialDeliveryCount
    this.#limit = initialDeliveryCount
  }

  bind(target: Target): void {
    this.#target = target
    target.addProducer(this)
  }

  credit(): number {
    return (this.#limit - this.#deliveryCount) | 0
  }

  grant(total: number): void {
    if (!this.#target || total <= this.credit()) return
    this.#limit = (this.#deliveryCount + total) >>> 0
    this.#session.writeFlow(this.handle, this.#deliveryCount, total, false)
  }

  drain(): void {
    const credit = this.credit()
    if (this.#target && credit > 0) this.#session.writeFlow(this.handle, this.#deliveryCount, credit, true)
  }

  settle(delivery: number, outcome: DeliveryOutcome): void {
    if (delivery >= 0 && this.#target) this.#session.settle(delivery, outcome)
  }

  /** The sender's flow: after a drain its delivery count has caught up with the limit. */
  flow(peerCount: number | undefined): void {
    if (peerCount !== undefined) this.#deliveryCount = peerCount
    this.#target?.replenish(this)
  }

  echo(): void {
    this.#session.writeFlow(this.handle, this.#deliveryCount, Math.max(0, this.credit()), false)
  }

  /** One transfer frame; `id` is undefined on continuations. */
  transfer(id: number | undefined, format: number | undefined, settled: boolean, more: boolean, aborted: boolean, payload: Buffer): void {
    if (this.#current < 0) {
      if (id === undefined) throw new Refusal('session', 'amqp:not-allowed', 'a transfer without delivery-id')
      if (this.credit() <= 0) throw new Refusal('link', 'amqp:link:transfer-limit-exceeded', 'more messages than the credit given')
      this.#current = id
      this.#format = format ?? 0
      this.#presettled = false
    } else if (id !== undefined && id !== this.#current) {
      throw new Refusal('session', 'amqp:not-allowed', `delivery ${id} began before delivery ${this.#current} had ended`)
    }
    if (settled) this.#presettled = true
    if (aborted) {
      this.#finish()
      this.#target?.replenish(this)
      return
    }
    this.#partBytes += payload.length
    this.#session.budget.check(this.#partBytes, this.name)
    if (more) {
      // A copy: a slice would keep the whole chunk of the socket alive.
      this.#parts.push(Buffer.from(payload))
      this.#held += payload.length
      this.#session.budget.take(payload.length)
      return
    }
    const bytes = this.#parts.length === 0 ? Buffer.from(payload) : Buffer.concat([...this.#parts, payload], this.#partBytes)
    const delivery = this.#presettled ? -1 : this.#current
    this.#finish()
    this.#target?.receive(this, delivery, new Message(bytes, this.#format))
  }

  release(): void {
    const target = this.#target
    this.#target = undefined
    this.#forgetParts()
    target?.removeProducer(this)
  }

  #finish(): void {
    this.#current = -1
    this.#forgetParts()
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0
  }

  #forgetParts(): void {
    this.#session.budget.give(this.#held)
    this.#held = 0
    this.#parts = []
    this.#partBytes = 0
  }
}
