import type { Chunk } from '../model/chunk.js'
import { AmqpSections, bodyKind } from './amqp-sections.js'
import { uint32At } from './amqp-skip.js'
import { AmqpFault, AmqpValueReader } from './amqp-value.js'
import type { Problem } from './problem.js'

const kindNames = ['no body', 'a data section', 'an amqp-value section', 'an amqp-sequence section'] as const
const faultCodes = { malformed: 'MR212', limit: 'MR210', 'utf-8': 'MR211', duplicate: 'MR215' } as const

/** One message of a chunk, its sections located; reused for all messages. */
export class MessageView {
  readonly sections = new AmqpSections()
  readonly values = new AmqpValueReader()
  amqp = false
  /** The chunk of the message. */
  chunk: Chunk | undefined
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  /** The octets that `octets()` found. */
  bodyBytes: Uint8Array = this.bytes
  bodyStart = 0
  bodyEnd = 0

  /** Points at message i of a chunk. */
  open(chunk: Chunk, i: number): Problem | undefined {
    this.chunk = chunk
    this.amqp = chunk.encoding === 'amqp'
    this.bytes = chunk.bytes
    this.start = chunk.starts[i]!
    this.end = chunk.ends[i]!
    if (!this.amqp || this.sections.locate(this.bytes, this.start, this.end)) return undefined
    return { code: 'MR212', reason: `the message is malformed: ${this.sections.fault}`, offset: this.sections.faultAt }
  }

  /** A reader at `at` within the message. */
  reader(at: number): AmqpValueReader {
    return this.values.open(this.bytes, at, this.end)
  }

  /** Finds the octets of the body: bare bytes, data sections, or an amqp-value that is a string or binary. */
  octets(): Problem | undefined {
    const { sections } = this
    this.bodyBytes = this.bytes
    if (!this.amqp) {
      this.bodyStart = this.start
      this.bodyEnd = this.end
      return undefined
    }
    this.bodyStart = sections.parts[0]!
    this.bodyEnd = sections.parts[1]!
    if (sections.body === bodyKind.data) {
      if (sections.partCount > 1) this.join()
      return undefined
    }
    if (sections.body === bodyKind.value) {
      const code = this.bytes[this.bodyStart]!
      if (code === 0xa0 || code === 0xa1) {
        this.bodyStart += 2
        return undefined
      }
      if ((code === 0xb0 || code === 0xb1) && uint32At(this.bytes, this.bodyStart + 1) === this.bodyEnd - this.bodyStart - 5) {
        this.bodyStart += 5
        return undefined
      }
    }
    return this.unexpected('bytes or a text')
  }

  /** A problem that names the kind of body. */
  unexpected(wanted: string): Problem {
    const { sections } = this
    const kind = this.amqp ? kindNames[sections.body] : 'bare bytes'
    const offset = sections.partCount > 0 ? sections.parts[0]! - this.start : 0
    return { code: 'MR209', reason: `the body is ${kind}${this.ofType()}; the decoder wants ${wanted}`, path: 'body', offset }
  }

  /** The problem of a fault inside a value. */
  faulty(fault: unknown, path: string): Problem {
    // Anything else is a bug of the codec, not a property of the message.
    if (!(fault instanceof AmqpFault)) throw fault
    return { code: faultCodes[fault.kind], reason: fault.message, path, offset: fault.offset - this.start }
  }

  private ofType(): string {
    if (!this.amqp || this.sections.body !== bodyKind.value) return ''
    return ` of type 0x${this.bytes[this.sections.parts[0]!]!.toString(16).padStart(2, '0')}`
  }

  /** "One or more data sections": their octets follow one another. */
  private join(): void {
    const { parts, partCount } = this.sections
    let length = 0
    for (let i = 0; i < partCount; i++) length += parts[2 * i + 1]! - parts[2 * i]!
    const joined = new Uint8Array(length)
    let at = 0
    for (let i = 0; i < partCount; i++) {
      joined.set(this.bytes.subarray(parts[2 * i]!, parts[2 * i + 1]!), at)
      at += parts[2 * i + 1]! - parts[2 * i]!
    }
    this.bodyBytes = joined
    this.bodyStart = 0
    this.bodyEnd = length
  }
}
