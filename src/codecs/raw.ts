import { schema, text } from '../model/fields.js'
import type { RowOf } from '../model/schema.js'
import { conversion, emit } from './convert.js'
import type { MessageDecoderSpec } from './message-decoder.js'

/** The row of `raw()`: the body's octets in Base64 (RFC 4648 §4), and what the properties say of it. */
export const Raw = schema({
  body: text(),
  content_type: text().nullable(),
  message_id: text().nullable(),
  subject: text().nullable(),
})

/**
 * Messages as they are, for bodies that no decoder knows. `body` is the Base64 text of the octets of data sections, of
 * an amqp-value string or binary, or of bare bytes; other bodies are MR209. A message-id that is no text is given in
 * its string form.
 *
 * @example
 * amqp({ address: 'frames', decode: raw() })
 */
export function raw(): MessageDecoderSpec<RowOf<typeof Raw>> {
  return conversion(
    Raw,
    message => {
      const { properties } = message
      const id = properties['message-id']
      const bytes = message.octets()
      return emit({
        body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
        content_type: asText(properties['content-type']),
        message_id: id instanceof Uint8Array ? Buffer.from(id).toString('base64') : id === undefined ? null : String(id),
        subject: asText(properties['subject']),
      })
    },
    { decoder: 'raw' },
    false,
  )
}

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)
