import { Refusal } from './refusal.js'

/** Unfinished messages that one connection may have in memory, in multiples of the largest message. */
const UNFINISHED = 4

/** Bounds what a connection keeps of messages whose last frame has not come. */
export class MessageBudget {
  /** Bytes of one message at most. */
  readonly maxMessageSize: number
  #unfinished = 0

  constructor(maxMessageSize: number) {
    this.maxMessageSize = maxMessageSize
  }

  /** @throws Refusal when a message of this size is too large. */
  check(bytes: number, link: string): void {
    if (bytes <= this.maxMessageSize) return
    const description = `MR707: a message on link ${JSON.stringify(link)} is over ${this.maxMessageSize} bytes`
    throw new Refusal('link', 'amqp:link:message-size-exceeded', description)
  }

  /** @throws Refusal when all links together hold too much. */
  take(bytes: number): void {
    this.#unfinished += bytes
    if (this.#unfinished <= this.maxMessageSize * UNFINISHED) return
    throw new Refusal('connection', 'amqp:resource-limit-exceeded', 'MR707: too many unfinished messages on one connection')
  }

  give(bytes: number): void {
    this.#unfinished -= bytes
  }
}
