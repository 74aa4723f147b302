import { MessageView } from '../../codecs/message-view.js'
import type { IdSpec } from '../../connector/source.js'
import type { Chunk } from '../../model/chunk.js'

const utf8 = new TextDecoder()

/** Finds the id of each message, and the part of it that a redelivery does not change. */
export class MessageIdentity {
  readonly #spec: IdSpec
  readonly #key: Uint8Array
  readonly #view = new MessageView()
  /** The id is `bytes[start … end − 1]`, in its encoding. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  /** The bare message, "immutable from the sending application to the receiving application" (AMQP 1.0 part 3 §3.2). */
  bareStart = 0
  bareEnd = 0

  constructor(spec: IdSpec) {
    this.#spec = spec
    this.#key = new TextEncoder().encode(spec.from === 'application-property' ? spec.key : '')
  }

  /** Points at message i; false where it has no id, or cannot be read (its decoder says why). */
  locate(chunk: Chunk, i: number): boolean {
    const view = this.#view
    if (view.open(chunk, i)) return false
    this.bytes = chunk.bytes
    this.bareStart = view.amqp ? view.sections.bareStart : view.start
    this.bareEnd = view.amqp ? view.sections.bareEnd : view.end
    try {
      switch (this.#spec.from) {
        case 'message-id':
          return view.amqp && this.#messageId()
        case 'application-property':
          return view.amqp && this.#applicationProperty()
        case 'body':
          return this.#bodyPath(this.#spec.path)
      }
    } catch {
      // A fault inside a value is the decoder's to report; such a message has no id.
      return false
    }
  }

  /** "The message-id, if set, uniquely identifies a message within the message system": the first field of the properties. */
  #messageId(): boolean {
    const { sections } = this.#view
    if (sections.properties < 0) return false
    const reader = this.#view.reader(sections.properties)
    if (reader.enter() < 1) return false
    return this.#valueAt(reader.at)
  }

  #applicationProperty(): boolean {
    const { sections } = this.#view
    if (sections.applicationProperties < 0) return false
    const reader = this.#view.reader(sections.applicationProperties)
    const count = reader.enter()
    for (let i = 0; i + 1 < count; i += 2) {
      const start = reader.textStart()
      if (start < 0) reader.skip()
      else if (this.#isKey(start, reader.at)) return this.#valueAt(reader.at)
      reader.skip()
    }
    return false
  }

  #isKey(start: number, end: number): boolean {
    const key = this.#key
    if (end - start !== key.length) return false
    for (let i = 0; i < key.length; i++) if (this.bytes[start + i] !== key[i]) return false
    return true
  }

  #valueAt(at: number): boolean {
    const reader = this.#view.reader(at)
    reader.skip()
    this.start = at
    this.end = reader.at
    // 0x40 is null.
    return this.bytes[at] !== 0x40
  }

  #bodyPath(path: readonly string[]): boolean {
    const view = this.#view
    if (view.octets()) return false
    let value: unknown = JSON.parse(utf8.decode(view.bodyBytes.subarray(view.bodyStart, view.bodyEnd)))
    for (const key of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
      value = (value as Record<string, unknown>)[key]
    }
    if (value === null || typeof value === 'object') return false
    const id = new TextEncoder().encode(JSON.stringify(value))
    const joined = new Uint8Array(id.length + this.bareEnd - this.bareStart)
    joined.set(id)
    joined.set(chunkPart(view.bytes, this.bareStart, this.bareEnd), id.length)
    this.bytes = joined
    this.start = 0
    this.end = id.length
    this.bareEnd = joined.length
    this.bareStart = id.length
    return true
  }
}

const chunkPart = (bytes: Uint8Array, start: number, end: number): Uint8Array => bytes.subarray(start, end)
