import { AmqpWriter, type EncodableValue } from './amqp-writer.js'

/** A message to send, in the terms of AMQP 1.0 part 3 §3.2. Times are ms since the epoch. */
export interface OutgoingMessage {
  readonly durable?: boolean
  readonly messageId?: string | undefined
  readonly to?: string | undefined
  readonly subject?: string | undefined
  readonly contentType?: string | undefined
  readonly creationTime?: number | undefined
  readonly applicationProperties?: Readonly<Record<string, string | number | boolean | null>> | undefined
  /** A data section (text becomes UTF-8), or an AMQP value. */
  readonly body: { readonly data: string | Uint8Array } | { readonly value: EncodableValue }
}

const writer = new AmqpWriter()

/**
 * Encodes a message: header, properties, application properties, body.
 *
 * @example
 * encodeMessage({ messageId: 'a-1', contentType: 'application/json', body: { data: '{"celsius":21}' } })
 */
export function encodeMessage(message: OutgoingMessage): Uint8Array {
  writer.reset()
  // §3.2.1: durable is the header's first field.
  if (message.durable) {
    writer.openList(0x70)
    writer.flag(true)
    writer.closeList()
  }
  writeProperties(message)
  const { applicationProperties, body } = message
  if (applicationProperties && Object.keys(applicationProperties).length > 0) {
    writer.descriptor(0x74)
    writer.map(applicationProperties)
  }
  if ('data' in body) {
    writer.descriptor(0x75)
    writer.binary(body.data)
  } else {
    writer.descriptor(0x77)
    writer.value(body.value)
  }
  return writer.copy()
}

/**
 * §3.2.4: message-id, user-id, to, subject, reply-to, correlation-id, content-type, content-encoding,
 * absolute-expiry-time, creation-time; trailing nulls may be left out.
 */
function writeProperties({ messageId, to, subject, contentType, creationTime }: OutgoingMessage): void {
  const fields = [messageId, undefined, to, subject, undefined, undefined, contentType, undefined, undefined, creationTime]
  const last = fields.findLastIndex(field => field !== undefined)
  if (last < 0) return
  writer.openList(0x73)
  for (let i = 0; i <= last; i++) {
    if (i === 6 && contentType !== undefined) writer.symbol(contentType)
    else if (i === 9 && creationTime !== undefined) writer.timestamp(creationTime)
    else writer.value(fields[i] ?? null)
  }
  writer.closeList()
}
