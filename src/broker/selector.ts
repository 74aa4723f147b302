import type { Message } from './message.js'

/** A compiled JMS selector: which messages a consumer wants. */
export interface Selector {
  readonly text: string
  matches(message: Message): boolean
}
