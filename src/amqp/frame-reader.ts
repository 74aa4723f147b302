import { checkValue } from './check-value.js'

/** A described value, part 1 §1.1.2; the descriptor is a number or a symbolic name. */
export class Described {
  readonly descriptor: AmqpValue
  readonly value: AmqpValue
  constructor(descriptor: AmqpValue, value: AmqpValue) {
    this.descriptor = descriptor
    this.value = value
  }
}

/**
 * A decoded AMQP value. Symbols and strings are strings; integers outside ±2^53 are bigints; timestamps are ms;
 * binary, uuid and decimals are their bytes.
 */
export type AmqpValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Described
  | readonly AmqpValue[]
  | ReadonlyMap<AmqpValue, AmqpValue>

/** What a decoder throws on bytes that are no AMQP. */
export class MalformedFrame extends Error {}

const safe = (value: bigint): number | bigint => (value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value)

/**
 * Decodes values and fields of one frame. `openList` and the field readers serve the hot performatives without arrays;
 * `value` decodes anything that `checkValue` found sound.
 */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)
  #fieldsLeft = 0
  #listEnd = 0
  at = 0
  end = 0

  reset(bytes: Buffer, at: number, end: number): this {
    this.#bytes = bytes
    this.at = at
    this.end = end
    this.#fieldsLeft = 0
    return this
  }

  /** The descriptor code of the described list that starts here; its fields follow. */
  openList(): number {
    const start = this.at
    if (start + 3 > this.end || this.#bytes[start] !== 0x00) throw new MalformedFrame('a performative is a described list')
    const form = this.#bytes[start + 1]!
    if (form === 0x53) {
      this.at = start + 3
      return this.#enterList(this.#bytes[start + 2]!)
    }
    const after = checkValue(this.#bytes, start + 1, this.end)
    if (after < 0) throw new MalformedFrame('a descriptor is malformed')
    this.at = start + 1
    const descriptor = this.value()
    this.at = after
    if (typeof descriptor === 'number') return this.#enterList(descriptor)
    throw new MalformedFrame('a performative has a numeric descriptor')
  }

  #enterList(descriptor: number): number {
    const code = this.#bytes[this.at]!
    if (this.at >= this.end) throw new MalformedFrame('a performative without fields')
    if (code === 0x45) {
      this.at++
      this.#fieldsLeft = 0
      this.#listEnd = this.at
    } else if (code === 0xc0 && this.at + 3 <= this.end) {
      this.#listEnd = this.at + 2 + this.#bytes[this.at + 1]!
      this.#fieldsLeft = this.#bytes[this.at + 2]!
      this.at += 3
    } else if (code === 0xd0 && this.at + 9 <= this.end) {
      this.#listEnd = this.at + 5 + this.#bytes.readUInt32BE(this.at + 1)
      this.#fieldsLeft = this.#bytes.readUInt32BE(this.at + 5)
      this.at += 9
    } else throw new MalformedFrame('a performative is a list')
    if (this.#listEnd > this.end) throw new MalformedFrame('a list runs over its frame')
    return descriptor
  }

  uint(): number | undefined {
    const code = this.#fieldCode()
    switch (code) {
      case -1:
      case 0x40:
        return undefined
      case 0x43:
      case 0x44:
        return 0
      case 0x50:
      case 0x52:
      case 0x53:
        return this.#bytes[this.#take(1)]!
      case 0x60:
        return this.#bytes.readUInt16BE(this.#take(2))
      case 0x70:
        return this.#bytes.readUInt32BE(this.#take(4))
      case 0x80:
        return Number(this.#bytes.readBigUInt64BE(this.#take(8)))
      default:
        throw new MalformedFrame('a field that should be an unsigned integer')
    }
  }

  flag(): boolean {
    const code = this.#fieldCode()
    if (code === 0x41) return true
    if (code === 0x42 || code === 0x40 || code === -1) return false
    if (code === 0x56) return this.#bytes[this.#take(1)] === 1
    throw new MalformedFrame('a field that should be a boolean')
  }

  binary(): Buffer | undefined {
    const code = this.#fieldCode()
    if (code === 0x40 || code === -1) return undefined
    if (code !== 0xa0 && code !== 0xb0) throw new MalformedFrame('a field that should be binary')
    const length = code === 0xa0 ? this.#bytes[this.#take(1)]! : this.#bytes.readUInt32BE(this.#take(4))
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** Any field, decoded; undefined when it is null or left out. */
  field(): AmqpValue | undefined {
    const raw = this.rawField()
    if (raw === undefined) return undefined
    const inner = new FrameReader().reset(raw, 0, raw.length)
    const value = inner.value()
    return value === null ? undefined : value
  }

  /** The bytes of a field, checked; undefined when it is left out. */
  rawField(): Buffer | undefined {
    if (this.#fieldsLeft === 0) return undefined
    this.#fieldsLeft--
    const start = this.at
    const after = checkValue(this.#bytes, start, this.#listEnd)
    if (after < 0) throw new MalformedFrame('a field is malformed')
    this.at = after
    return this.#bytes.subarray(start, after)
  }

  /** The bytes read since `start`. */
  sliceFrom(start: number): Buffer {
    return this.#bytes.subarray(start, this.at)
  }

  /** What follows the list: the payload of a transfer. */
  payload(): Buffer {
    return this.#bytes.subarray(this.#listEnd, this.end)
  }

  /** Decodes the value here. Only for bytes that `checkValue` accepted. */
  value(): AmqpValue {
    const code = this.#bytes[this.at++]!
    if (code !== 0x00) return this.#body(code)
    const descriptor = this.value()
    return new Described(descriptor, this.value())
  }

  #fieldCode(): number {
    if (this.#fieldsLeft === 0) return -1
    this.#fieldsLeft--
    if (this.at >= this.#listEnd) throw new MalformedFrame('a list promises more fields than it holds')
    return this.#bytes[this.at++]!
  }

  #take(length: number): number {
    const start = this.at
    this.at += length
    if (this.at > this.#listEnd) throw new MalformedFrame('a field runs over its list')
    return start
  }

  #skip(length: number): number {
    const start = this.at
    this.at += length
    return start
  }

  #body(code: number): AmqpValue {
    const b = this.#bytes
    switch (code) {
      case 0x40:
        return null
      case 0x41:
        return true
      case 0x42:
        return false
      case 0x43:
      case 0x44:
        return 0
      case 0x45:
        return []
      case 0x50:
      case 0x52:
      case 0x53:
        return b[this.#skip(1)]!
      case 0x51:
      case 0x54:
      case 0x55:
        return b.readInt8(this.#skip(1))
      case 0x56:
        return b[this.#skip(1)] === 1
      case 0x60:
        return b.readUInt16BE(this.#skip(2))
      case 0x61:
        return b.readInt16BE(this.#skip(2))
      case 0x70:
        return b.readUInt32BE(this.#skip(4))
      case 0x71:
        return b.readInt32BE(this.#skip(4))
      case 0x72:
        return b.readFloatBE(this.#skip(4))
      case 0x73: {
        const point = b.readUInt32BE(this.#skip(4))
        return point <= 0x10ffff ? String.fromCodePoint(point) : '�'
      }
      case 0x80:
        return safe(b.readBigUInt64BE(this.#skip(8)))
      case 0x81:
      case 0x83:
        return safe(b.readBigInt64BE(this.#skip(8)))
      case 0x82:
        return b.readDoubleBE(this.#skip(8))
      default:
        return this.#sized(code)
    }
  }

  #sized(code: number): AmqpValue {
    const kind = code >> 4
    if (kind <= 9) {
      const width = kind === 7 ? 4 : kind === 8 ? 8 : 16
      const start = this.#skip(width)
      return this.#bytes.subarray(start, start + width)
    }
    const wide = (kind & 1) === 1
    const size = wide ? this.#bytes.readUInt32BE(this.#skip(4)) : this.#bytes[this.#skip(1)]!
    if (kind <= 0xb) {
      const start = this.#skip(size)
      if (code === 0xa0 || code === 0xb0) return this.#bytes.subarray(start, start + size)
      return this.#bytes.toString(code === 0xa3 || code === 0xb3 ? 'latin1' : 'utf8', start, start + size)
    }
    const count = wide ? this.#bytes.readUInt32BE(this.#skip(4)) : this.#bytes[this.#skip(1)]!
    if (kind >= 0xe) return this.#array(count)
    if ((code & 0xf) === 1) {
      const map = new Map<AmqpValue, AmqpValue>()
      for (let i = 0; i < count; i += 2) {
        const key = this.value()
        map.set(key, this.value())
      }
      return map
    }
    const list: AmqpValue[] = []
    for (let i = 0; i < count; i++) list.push(this.value())
    return list
  }

  #array(count: number): AmqpValue {
    let descriptor: AmqpValue | undefined
    let code = this.#bytes[this.at++]!
    if (code === 0x00) {
      descriptor = this.value()
      code = this.#bytes[this.at++]!
    }
    const items: AmqpValue[] = []
    for (let i = 0; i < count; i++) {
      const item = this.#body(code)
      items.push(descriptor === undefined ? item : new Described(descriptor, item))
    }
    return items
  }
}
