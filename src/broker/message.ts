import { encodeValue } from '../amqp/amqp-writer.js'
import { checkValue } from '../amqp/check-value.js'
import { type AmqpValue, Described, FrameReader } from '../amqp/frame-reader.js'

const NO_BYTES = Buffer.alloc(0)

const sectionCode = (bytes: Buffer, at: number): number => {
  if (at + 3 > bytes.length || bytes[at] !== 0x00) return -1
  const form = bytes[at + 1]
  if (form === 0x53) return bytes[at + 2]!
  return form === 0x80 && at + 10 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 2)) : -1
}

/**
 * An encoded message as it came, never changed. Only the header section is looked at, and written anew when a message
 * is delivered again; other sections are decoded when a selector or an anonymous link asks for them.
 */
export class Message {
  readonly bytes: Buffer
  readonly format: number
  /** The header says that it must not be lost, part 3 §3.2.1. */
  readonly durable: boolean
  /** Ms to live, from the header; undefined is for ever. */
  readonly ttl: number | undefined
  readonly #headerEnd: number
  #sections: MessageSections | undefined

  constructor(bytes: Buffer, format: number) {
    this.bytes = bytes
    this.format = format
    let headerEnd = 0
    let ttl: number | undefined
    let durable = false
    if (format === 0 && sectionCode(bytes, 0) === 0x70) {
      const end = checkValue(bytes, 0, bytes.length)
      if (end > 0) {
        headerEnd = end
        durable = headerDurable(bytes)
        ttl = headerTtl(bytes, end)
      }
    }
    this.#headerEnd = headerEnd
    this.durable = durable
    this.ttl = ttl
  }

  /** What to send for the `deliveryCount`-th failed attempt; the first part replaces the header section. */
  encoded(deliveryCount: number): { readonly head: Buffer; readonly rest: Buffer } {
    if (deliveryCount === 0 || this.format !== 0) return { head: NO_BYTES, rest: this.bytes }
    const { fields, before } = headerFields(this.bytes, this.#headerEnd)
    const head = encodeValue(out => {
      out.openList(0x70)
      for (let i = 0; i < 3; i++) {
        const field = fields[i]
        if (field) out.raw(field)
        else out.nil()
      }
      out.flag(false)
      out.uint(Math.min(0xffffffff, before + deliveryCount))
      out.closeList()
    })
    return { head, rest: this.bytes.subarray(this.#headerEnd) }
  }

  /** Header, properties and application properties; a section that does not decode is left out. */
  get decoded(): MessageSections {
    if (!this.#sections) this.#sections = readSections(this.bytes)
    return this.#sections
  }
}

export interface MessageSections {
  readonly header: readonly AmqpValue[]
  readonly properties: readonly AmqpValue[]
  readonly applicationProperties: ReadonlyMap<AmqpValue, AmqpValue>
}

/** Durable, priority and ttl as they are encoded, and the delivery count; a header that is no list counts as none. */
const headerFields = (bytes: Buffer, end: number): { readonly fields: readonly (Buffer | undefined)[]; readonly before: number } => {
  const fields: (Buffer | undefined)[] = []
  try {
    if (end === 0) return { fields, before: 0 }
    const reader = new FrameReader().reset(bytes, 0, end)
    reader.openList()
    for (let i = 0; i < 3; i++) fields.push(reader.rawField())
    reader.rawField()
    return { fields, before: reader.uint() ?? 0 }
  } catch {
    return { fields, before: 0 }
  }
}

/** The first field of the header's list at 3, or behind a long descriptor. */
const headerDurable = (bytes: Buffer): boolean => {
  const list = bytes[1] === 0x53 ? 3 : 10
  const first = bytes[list] === 0xc0 ? list + 3 : bytes[list] === 0xd0 ? list + 9 : bytes.length
  return bytes[first] === 0x41 || (bytes[first] === 0x56 && bytes[first + 1] === 1)
}

const headerTtl = (bytes: Buffer, end: number): number | undefined => {
  try {
    const reader = new FrameReader().reset(bytes, 0, end)
    reader.openList()
    reader.rawField()
    reader.rawField()
    return reader.uint()
  } catch {
    return undefined
  }
}

const listOf = (value: AmqpValue): readonly AmqpValue[] => (Array.isArray(value) ? value : [])

const readSections = (bytes: Buffer): MessageSections => {
  let header: readonly AmqpValue[] = []
  let properties: readonly AmqpValue[] = []
  let applicationProperties: ReadonlyMap<AmqpValue, AmqpValue> = new Map()
  let at = 0
  while (at < bytes.length) {
    const code = sectionCode(bytes, at)
    if (code < 0x70 || code > 0x74) break
    const end = checkValue(bytes, at, bytes.length)
    if (end < 0) break
    const section = new FrameReader().reset(bytes, at, end).value()
    if (section instanceof Described) {
      if (code === 0x70) header = listOf(section.value)
      else if (code === 0x73) properties = listOf(section.value)
      else if (code === 0x74 && section.value instanceof Map) applicationProperties = section.value
    }
    at = end
  }
  return { header, properties, applicationProperties }
}
