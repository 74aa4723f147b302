import { encodeMessage, type OutgoingMessage } from '../amqp/encode-message.js'
import type { Chunk } from '../model/chunk.js'

/** A message as a device sends it: its body as text or bytes, or an AMQP message with properties. */
export type TestMessage = string | Uint8Array | OutgoingMessage

const utf8 = new TextEncoder()
const isBody = (message: TestMessage): message is string | Uint8Array => typeof message === 'string' || message instanceof Uint8Array
const bodyBytes = (body: string | Uint8Array): Uint8Array => (typeof body === 'string' ? utf8.encode(body) : body)
const amqpMessage = (message: TestMessage): OutgoingMessage => (isBody(message) ? { body: { data: message } } : message)

/** Messages that arrive together, as their source would give them: bare bodies, or AMQP messages where one needs it. */
export function messageChunk(messages: readonly TestMessage[], partition: number): Chunk {
  const bare = messages.every(isBody)
  const encoded = bare ? messages.map(bodyBytes) : messages.map(message => encodeMessage(amqpMessage(message)))
  let end = 0
  const ends = Int32Array.from(encoded, ({ length }) => (end += length))
  return {
    encoding: bare ? 'body' : 'amqp',
    partition,
    bytes: Buffer.concat(encoded),
    starts: Int32Array.from(ends, (at, i) => at - encoded[i]!.length),
    ends,
    length: messages.length,
    receipt: 0,
  }
}
