import { skipValue, uint32At } from './amqp-skip.js'
import { AmqpUnsupported } from './amqp-unsupported.js'

/** Levels that a value may nest. */
export const depthLimit = 64

/** Why a value could not be decoded; thrown inside the codec only and caught at its door. */
export class AmqpFault extends Error {
  readonly kind: 'malformed' | 'limit' | 'utf-8' | 'duplicate'
  readonly offset: number

  constructor(kind: AmqpFault['kind'], message: string, offset: number) {
    super(message)
    this.kind = kind
    this.offset = offset
  }
}

/** An AMQP described value outside the types of the standard. */
export class AmqpDescribed {
  readonly descriptor: unknown
  readonly value: unknown

  constructor(descriptor: unknown, value: unknown) {
    this.descriptor = descriptor
    this.value = value
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes values of AMQP 1.0 part 1 §1.6 to JavaScript: integers as numbers (bigint beyond ±2^53), timestamps as Date,
 * binary as Uint8Array, uuid, char, symbol and string as strings, lists and arrays as arrays, maps as objects without
 * prototype, decimals as `AmqpUnsupported`. Depth is at most 64; elements are counted against the bytes of the whole
 * value before anything is allocated, so cost is linear in the bytes. One instance is reused.
 *
 * @throws AmqpFault
 */
export class AmqpValueReader {
  at = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.bytes.buffer)
  private end = 0
  /** Where the list or map entered last says that it ends. */
  compoundEnd = 0
  /** Array elements that may still be made. */
  private budget = 0

  /** Starts at the constructor at `at`; nothing at or behind `end` is read. */
  open(bytes: Uint8Array, at: number, end: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.at = at
    this.end = end
    this.budget = end - at
    return this
  }

  /** The next value. */
  read(depth = 0): unknown {
    if (depth > depthLimit) throw this.fault('limit', `values nest deeper than ${depthLimit} levels`)
    const code = this.take(1)
    if (this.bytes[code] !== 0x00) return this.readAs(this.bytes[code]!, depth)
    const descriptor = this.read(depth + 1)
    return new AmqpDescribed(descriptor, this.read(depth + 1))
  }

  /** Enters the list or map at the cursor: number of elements (a map counts keys and values); −1, unmoved, where it is neither. */
  enter(): number {
    const code = this.at < this.end ? this.bytes[this.at]! : 0
    if (code !== 0x45 && code !== 0xc0 && code !== 0xc1 && code !== 0xd0 && code !== 0xd1) return -1
    this.at++
    if (code !== 0x45) return this.count(code >= 0xd0)
    this.compoundEnd = this.at
    return 0
  }

  /** Checks that the elements of a list or map ended where it said (its `compoundEnd` after `enter`). */
  leave(end: number): void {
    if (this.at !== end) throw this.fault('malformed', 'a list or map is longer or shorter than it says')
  }

  /** Passes the value at the cursor without decoding it. */
  skip(): void {
    const next = skipValue(this.bytes, this.at, this.end)
    if (next < 0) throw this.fault('malformed', 'a value reaches past the end or has no valid type')
    this.at = next
  }

  /** Where the text at the cursor begins (string or symbol); it ends at `at`, the cursor behind it. −1, unmoved, where it is none. */
  textStart(): number {
    const code = this.at < this.end ? this.bytes[this.at]! : 0
    if (code !== 0xa1 && code !== 0xa3 && code !== 0xb1 && code !== 0xb3) return -1
    this.at++
    const size = this.size(code >= 0xb0)
    this.at += size
    return this.at - size
  }

  private readAs(code: number, depth: number): unknown {
    const { view } = this
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
      case 0x56: {
        const value = view.getUint8(this.take(1))
        if (value > 1) throw this.fault('malformed', `${value} is no boolean`)
        return value === 1
      }
      case 0x50:
      case 0x52:
      case 0x53:
        return view.getUint8(this.take(1))
      case 0x51:
      case 0x54:
      case 0x55:
        return view.getInt8(this.take(1))
      case 0x60:
        return view.getUint16(this.take(2))
      case 0x61:
        return view.getInt16(this.take(2))
      case 0x70:
        return view.getUint32(this.take(4))
      case 0x71:
        return view.getInt32(this.take(4))
      case 0x72:
        return view.getFloat32(this.take(4))
      case 0x73: {
        const point = view.getUint32(this.take(4))
        if (point > 0x10ffff) throw this.fault('malformed', 'a char is no Unicode code point')
        return String.fromCodePoint(point)
      }
      case 0x80:
        return exact(view.getBigUint64(this.take(8)))
      case 0x81:
        return exact(view.getBigInt64(this.take(8)))
      case 0x82:
        return view.getFloat64(this.take(8))
      case 0x83:
        return new Date(Number(view.getBigInt64(this.take(8))))
      case 0x74:
      case 0x84:
      case 0x94:
        this.take(code === 0x74 ? 4 : code === 0x84 ? 8 : 16)
        return new AmqpUnsupported(code === 0x74 ? 'decimal32' : code === 0x84 ? 'decimal64' : 'decimal128')
      case 0x98:
        return this.uuid()
      case 0xa0:
      case 0xb0:
        return this.binary(code === 0xb0)
      case 0xa1:
      case 0xa3:
      case 0xb1:
      case 0xb3:
        return this.text(code >= 0xb0)
      case 0xc0:
      case 0xd0:
        return this.list(this.count(code === 0xd0), depth)
      case 0xc1:
      case 0xd1:
        return this.map(this.count(code === 0xd1), depth)
      case 0xe0:
      case 0xf0:
        return this.array(code === 0xf0, depth)
      default:
        throw this.fault('malformed', `0x${code.toString(16).padStart(2, '0')} is no type of AMQP 1.0`)
    }
  }

  private list(count: number, depth: number): unknown[] {
    const items: unknown[] = []
    const end = this.compoundEnd
    for (let i = 0; i < count; i++) items.push(this.read(depth + 1))
    this.leave(end)
    return items
  }

  private map(count: number, depth: number): Record<string, unknown> {
    // §1.6.23: "a map with an odd number of elements … is invalid", "a map in which there exist two identical key values is invalid".
    if (count % 2 !== 0) throw this.fault('malformed', 'a map has a key without a value')
    const end = this.compoundEnd
    const entries: Record<string, unknown> = Object.create(null)
    for (let i = 0; i < count; i += 2) {
      const key = this.read(depth + 1)
      if (typeof key === 'object') throw this.fault('malformed', 'a map key is no number, text or boolean')
      const name = String(key)
      if (name in entries) throw this.fault('duplicate', `the key ${JSON.stringify(name)} is given twice`)
      entries[name] = this.read(depth + 1)
    }
    this.leave(end)
    return entries
  }

  private array(wide: boolean, depth: number): unknown[] {
    if (depth >= depthLimit) throw this.fault('limit', `values nest deeper than ${depthLimit} levels`)
    const size = this.size(wide)
    const end = this.at + size
    if (size < (wide ? 5 : 2)) throw this.fault('malformed', 'an array is shorter than its own count and type')
    const count = wide ? uint32At(this.bytes, this.take(4)) : this.bytes[this.take(1)]!
    let described = 0
    let descriptor: unknown
    let code = this.bytes[this.take(1)]!
    while (code === 0x00) {
      if (++described > depthLimit) throw this.fault('limit', `values nest deeper than ${depthLimit} levels`)
      descriptor = this.read(depth + 1)
      code = this.bytes[this.take(1)]!
    }
    // Elements of width 0 cost no bytes, so they are counted against the bytes of the whole message as well.
    this.spend(count)
    const items: unknown[] = []
    for (let i = 0; i < count; i++) {
      const value = this.readAs(code, depth + 1)
      items.push(described > 0 ? new AmqpDescribed(descriptor, value) : value)
    }
    if (this.at !== end) throw this.fault('malformed', 'an array is longer or shorter than it says')
    return items
  }

  /** Size and count of a list or map: the count is checked against the bytes left. */
  private count(wide: boolean): number {
    const size = this.size(wide)
    const end = this.at + size
    this.compoundEnd = end
    if (size < (wide ? 4 : 1)) throw this.fault('malformed', 'a list or map is shorter than its own count')
    const count = wide ? uint32At(this.bytes, this.take(4)) : this.bytes[this.take(1)]!
    // Each element has a constructor of at least one byte.
    if (count > end - this.at) throw this.fault('limit', `${count} elements are declared in ${end - this.at} bytes`)
    return count
  }

  private spend(count: number): void {
    if (count > this.budget) throw this.fault('limit', `${count} elements are declared, more than the message has bytes`)
    this.budget -= count
  }

  private size(wide: boolean): number {
    const size = wide ? uint32At(this.bytes, this.take(4)) : this.bytes[this.take(1)]!
    if (size > this.end - this.at) throw this.fault('malformed', `a value of ${size} bytes reaches past the end`)
    return size
  }

  private binary(wide: boolean): Uint8Array {
    const size = this.size(wide)
    this.at += size
    return this.bytes.slice(this.at - size, this.at)
  }

  private text(wide: boolean): string {
    const size = this.size(wide)
    const start = this.at
    this.at += size
    try {
      return strictUtf8.decode(this.bytes.subarray(start, this.at))
    } catch {
      throw this.fault('utf-8', 'a text is not UTF-8')
    }
  }

  private uuid(): string {
    const from = this.take(16)
    let hex = ''
    for (let i = from; i < from + 16; i++) hex += this.bytes[i]!.toString(16).padStart(2, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  /** The position of the next `width` bytes, which the cursor passes. */
  private take(width: number): number {
    const at = this.at
    if (at + width > this.end) throw this.fault('malformed', 'a value reaches past the end')
    this.at = at + width
    return at
  }

  private fault(kind: AmqpFault['kind'], message: string): AmqpFault {
    return new AmqpFault(kind, message, this.at)
  }
}

const exact = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
