import { MillraceError } from '../model/errors/millrace-error.js'
import { boundsFault } from './message-bounds.js'
import type { LazyMessage } from './rhea-types.js'

/** The names that rhea's decoder gives to the parts of a message. */
const parts = [
  'durable',
  'priority',
  'ttl',
  'first_acquirer',
  'delivery_count',
  'delivery_annotations',
  'message_annotations',
  'message_id',
  'user_id',
  'to',
  'subject',
  'reply_to',
  'correlation_id',
  'content_type',
  'content_encoding',
  'absolute_expiry_time',
  'creation_time',
  'group_id',
  'group_sequence',
  'reply_to_group_id',
  'application_properties',
  'body',
  'footer',
] as const

type Decoded = Readonly<Record<string, unknown>>

/**
 * A decoder that defers `decode` until a part of the message is read. Reading a part of a message that breaks the bounds,
 * or that `decode` cannot read, throws MR310; the bytes stay available.
 */
export function lazyDecoder(decode: (bytes: Buffer) => Decoded): (bytes: Buffer) => LazyMessage {
  class Lazy {
    readonly bytes: Buffer
    #parsed: Decoded | undefined

    constructor(bytes: Buffer) {
      this.bytes = bytes
    }

    part(name: string): unknown {
      this.#parsed ??= this.#parse()
      return this.#parsed[name]
    }

    #parse(): Decoded {
      const fault = boundsFault(this.bytes)
      if (fault !== undefined) throw new MillraceError('MR310', `the message is not well-formed: ${fault}`)
      try {
        return decode(this.bytes)
      } catch (cause) {
        throw new MillraceError('MR310', `the message cannot be decoded: ${cause instanceof Error ? cause.message : String(cause)}`, {
          cause,
        })
      }
    }
  }
  for (const name of parts)
    Object.defineProperty(Lazy.prototype, name, {
      get(this: Lazy) {
        return this.part(name)
      },
    })
  return bytes => new Lazy(bytes)
}
