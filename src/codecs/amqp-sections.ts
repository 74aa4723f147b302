import { skipValue, uint32At } from './amqp-skip.js'

/** Kinds of body, by the section that carries it. */
export const bodyKind = { none: 0, data: 1, value: 2, sequence: 3 } as const

/** "amqp:header:list" … "amqp:footer:map", for peers that write symbolic descriptors. */
const symbols: readonly (readonly [string, number])[] = [
  ['amqp:header:list', 0x70],
  ['amqp:delivery-annotations:map', 0x71],
  ['amqp:message-annotations:map', 0x72],
  ['amqp:properties:list', 0x73],
  ['amqp:application-properties:map', 0x74],
  ['amqp:data:binary', 0x75],
  ['amqp:amqp-sequence:list', 0x76],
  ['amqp:amqp-value:*', 0x77],
  ['amqp:footer:map', 0x78],
]

/**
 * Finds the sections of an encoded message without decoding them; one instance is reused for all messages.
 *
 * AMQP 1.0 part 3 §3.2: "Zero or one header. Zero or one delivery-annotations. Zero or one message-annotations. Zero or
 * one properties. Zero or one application-properties. The body consists of one of the following three choices: one or
 * more data sections, one or more amqp-sequence sections, or a single amqp-value section. Zero or one footer."
 */
export class AmqpSections {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  /** Position of each section's value constructor; −1 where absent. */
  header = -1
  deliveryAnnotations = -1
  messageAnnotations = -1
  properties = -1
  applicationProperties = -1
  footer = -1
  /** "The bare message consists of … properties, application-properties … and the body": [bareStart, bareEnd). */
  bareStart = 0
  bareEnd = 0
  body: 0 | 1 | 2 | 3 = bodyKind.none
  /** Body sections; of part i, parts[2 i] and parts[2 i + 1] bound the octets of a data section, else the encoded value. */
  partCount = 0
  parts = new Int32Array(8)
  /** Why `locate` failed, and at which offset in the message. */
  fault = ''
  faultAt = 0

  /** Points at the sections of `bytes[start … end − 1]`; false where they are malformed (`fault`, `faultAt`). */
  locate(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.header = this.deliveryAnnotations = this.messageAnnotations = -1
    this.properties = this.applicationProperties = this.footer = -1
    this.body = bodyKind.none
    this.partCount = 0
    this.bareStart = this.bareEnd = -1
    let last = 0
    for (let at = start; at < end; ) {
      // Nearly always a section is a small ulong and a value of less than 256 bytes.
      const usual = at + 5 <= end && bytes[at] === 0x00 && bytes[at + 1] === 0x53
      const code = usual ? bytes[at + 2]! : this.descriptor(at)
      if (code < 0x70 || code > 0x78) return this.malformed('no section descriptor', at)
      if (code < last || (code === last && code !== 0x75 && code !== 0x76))
        return this.malformed('sections out of order or given twice', at)
      if (code <= 0x77 && code > 0x75 && last >= 0x75 && code !== last) return this.malformed('two kinds of body', at)
      last = code
      const value = usual ? at + 3 : this.valueAt
      const type = bytes[value]!
      const short = usual && (type === 0xc0 || type === 0xc1 || type === 0xa0)
      const next = short ? value + 2 + bytes[value + 1]! : skipValue(bytes, value, end)
      if (next < 0 || next > end) return this.malformed('a section reaches past the end or has no valid type', at)
      if (code >= 0x73 && code !== 0x78) {
        if (this.bareStart < 0) this.bareStart = at
        this.bareEnd = next
      }
      if (!this.place(code, type, value, next)) return this.malformed('a section has the wrong type', value)
      at = next
    }
    if (this.bareStart < 0) this.bareStart = this.bareEnd = end
    return true
  }

  private valueAt = 0

  /** The section code of the descriptor at `at`, −1 if it is none; leaves the position of the value in `valueAt`. */
  private descriptor(at: number): number {
    const { bytes, end } = this
    if (bytes[at] !== 0x00 || at + 3 > end) return -1
    let code = -1
    if (bytes[at + 1] === 0x53) {
      code = bytes[at + 2]!
      this.valueAt = at + 3
    } else if (bytes[at + 1] === 0x80 && at + 10 <= end) {
      if (uint32At(bytes, at + 2) === 0) code = uint32At(bytes, at + 6)
      this.valueAt = at + 10
    } else if (bytes[at + 1] === 0xa3 && at + 3 + bytes[at + 2]! <= end) {
      const name = String.fromCharCode(...bytes.subarray(at + 3, at + 3 + bytes[at + 2]!))
      code = symbols.find(([symbol]) => symbol === name)?.[1] ?? -1
      this.valueAt = at + 3 + bytes[at + 2]!
    }
    return code >= 0x70 && code <= 0x78 ? code : -1
  }

  private place(code: number, type: number, value: number, next: number): boolean {
    const list = type === 0x45 || type === 0xc0 || type === 0xd0
    const map = type === 0xc1 || type === 0xd1
    switch (code) {
      case 0x70:
        this.header = value
        return list
      case 0x71:
        this.deliveryAnnotations = value
        return map
      case 0x72:
        this.messageAnnotations = value
        return map
      case 0x73:
        this.properties = value
        return list
      case 0x74:
        this.applicationProperties = value
        return map
      case 0x75:
        this.body = bodyKind.data
        this.addPart(value + (type === 0xa0 ? 2 : 5), next)
        return type === 0xa0 || type === 0xb0
      case 0x76:
        this.body = bodyKind.sequence
        this.addPart(value, next)
        return list
      case 0x77:
        this.body = bodyKind.value
        this.addPart(value, next)
        return true
      default:
        this.footer = value
        return map
    }
  }

  private addPart(start: number, end: number): void {
    const at = 2 * this.partCount++
    if (at >= this.parts.length) {
      const larger = new Int32Array(2 * this.parts.length)
      larger.set(this.parts)
      this.parts = larger
    }
    this.parts[at] = start
    this.parts[at + 1] = end
  }

  private malformed(fault: string, at: number): false {
    this.fault = fault
    this.faultAt = at - this.start
    return false
  }
}
