import { type AmqpValue, AmqpWriter } from './amqp-writer.js'

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
  readonly body: { readonly data: string | Uint8Array } | { readonly value: AmqpValue }
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
    writer.descriptor(0x70)
    writer.list(1, () => writer.boolean(true))
  }
  const { messageId, to, subject, contentType, creationTime } = message
  const last =
    creationTime !== undefined
      ? 10
      : contentType !== undefined
        ? 7
        : subject !== undefined
          ? 4
          : to !== undefined
            ? 3
            : messageId !== undefined
              ? 1
              : 0
  if (last > 0) {
    // §3.2.4: message-id, user-id, to, subject, reply-to, correlation-id, content-type, content-encoding,
    // absolute-expiry-time, creation-time; trailing nulls may be left out.
    const fields = [messageId, undefined, to, subject, undefined, undefined, undefined, undefined, undefined]
    writer.descriptor(0x73)
    writer.list(last, () => {
      for (let i = 0; i < last; i++) {
        if (i === 6 && contentType !== undefined) writer.symbol(contentType)
        else if (i === 9 && creationTime !== undefined) writer.timestamp(creationTime)
        else writer.value(fields[i] ?? null)
      }
    })
  }
  const entries = Object.entries(message.applicationProperties ?? {})
  if (entries.length > 0) {
    writer.descriptor(0x74)
    writer.map(entries.length * 2, () => {
      for (const [key, value] of entries) {
        writer.value(key)
        writer.value(value)
      }
    })
  }
  if ('data' in message.body) {
    writer.descriptor(0x75)
    writer.binary(message.body.data)
  } else {
    writer.descriptor(0x77)
    writer.value(message.body.value)
  }
  return writer.take()
}
