import type { AmqpValue } from '../amqp/frame-reader.js'
import type { Message } from './message.js'

/** What a selector computes with; null is SQL's unknown. */
export type SelectorValue = string | number | bigint | boolean | null

const plain = (value: AmqpValue | undefined): SelectorValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? value : null

/** JMS header names and the AMQP fields behind them, by section and position (AMQP JMS mapping). */
const HEADERS: Readonly<Record<string, (message: Message) => SelectorValue>> = {
  JMSDeliveryMode: message => (message.decoded.header[0] === true ? 'PERSISTENT' : 'NON_PERSISTENT'),
  JMSPriority: message => plain(message.decoded.header[1]) ?? 4,
  JMSMessageID: message => plain(message.decoded.properties[0]),
  JMSXUserID: message => plain(message.decoded.properties[1]),
  JMSDestination: message => plain(message.decoded.properties[2]),
  JMSType: message => plain(message.decoded.properties[3]),
  JMSReplyTo: message => plain(message.decoded.properties[4]),
  JMSCorrelationID: message => plain(message.decoded.properties[5]),
  JMSTimestamp: message => plain(message.decoded.properties[9]),
  JMSXGroupID: message => plain(message.decoded.properties[10]),
  JMSXGroupSeq: message => plain(message.decoded.properties[11]),
}

/** The value behind a name: a JMS header, else an application property; null when there is none. */
export const selectorField = (name: string): ((message: Message) => SelectorValue) => {
  if (Object.hasOwn(HEADERS, name)) return HEADERS[name]!
  return message => plain(message.decoded.applicationProperties.get(name))
}
