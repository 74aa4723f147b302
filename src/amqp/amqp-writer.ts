/** What a body or a property can be; whole numbers become int or long, dates timestamps, objects maps with string keys. */
export type EncodableValue =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly EncodableValue[]
  | { readonly [key: string]: EncodableValue }

const isList = (value: object): value is readonly EncodableValue[] => Array.isArray(value)

const SMALLEST = 1024

/** Encodes AMQP 1.0 types (part 1 §1.6) one after the other into one growing buffer. */
export class AmqpWriter {
  protected bytes = Buffer.allocUnsafe(SMALLEST)
  length = 0
  /** Of the list or map that is open. */
  #start = 0
  #fields = 0

  /** Begins anew; also after a value that could not be written. */
  reset(): void {
    this.length = 0
  }

  /** What was written since `reset`, on memory of its own. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length))
  }

  /** The descriptor of what comes next: 0x00, smallulong. */
  descriptor(code: number): void {
    this.reserve(3)
    this.bytes[this.length++] = 0x00
    this.bytes[this.length++] = 0x53
    this.bytes[this.length++] = code
  }

  /** Opens a described list; `closeList` fills in its size and count. Such lists do not nest: nested ones are `raw`. */
  openList(descriptor: number): void {
    this.descriptor(descriptor)
    this.#open(0xd0)
  }

  closeList(): void {
    this.bytes.writeUInt32BE(this.length - this.#start - 4, this.#start)
    this.bytes.writeUInt32BE(this.#fields, this.#start + 4)
  }

  nil(): void {
    this.reserve(1)
    this.bytes[this.length++] = 0x40
    this.#fields++
  }

  flag(value: boolean): void {
    this.reserve(1)
    this.bytes[this.length++] = value ? 0x41 : 0x42
    this.#fields++
  }

  ubyte(value: number): void {
    this.reserve(2)
    this.bytes[this.length++] = 0x50
    this.bytes[this.length++] = value
    this.#fields++
  }

  ushort(value: number): void {
    this.reserve(3)
    this.bytes[this.length] = 0x60
    this.length = this.bytes.writeUInt16BE(value, this.length + 1)
    this.#fields++
  }

  uint(value: number): void {
    this.reserve(5)
    const b = this.bytes
    if (value === 0) b[this.length++] = 0x43
    else if (value < 256) {
      b[this.length++] = 0x52
      b[this.length++] = value
    } else {
      b[this.length] = 0x70
      this.length = b.writeUInt32BE(value, this.length + 1)
    }
    this.#fields++
  }

  ulong(value: number): void {
    this.reserve(9)
    this.bytes[this.length] = 0x80
    this.length = this.bytes.writeBigUInt64BE(BigInt(value), this.length + 1)
    this.#fields++
  }

  /** ms since the epoch. */
  timestamp(ms: number): void {
    this.#long(0x83, Math.trunc(ms))
  }

  /** A four-byte delivery tag. */
  tag(value: number): void {
    this.reserve(6)
    this.bytes[this.length] = 0xa0
    this.bytes[this.length + 1] = 4
    this.length = this.bytes.writeUInt32BE(value, this.length + 2)
    this.#fields++
  }

  /** Bytes, or the UTF-8 of a text. */
  binary(value: string | Uint8Array): void {
    if (typeof value === 'string') {
      this.#text(0xa0, value, 'utf8')
      return
    }
    this.#size(0xa0, value.length)
    this.payload(value)
    this.#fields++
  }

  string(value: string): void {
    this.#text(0xa1, value, 'utf8')
  }

  symbol(value: string): void {
    this.#text(0xa3, value, 'latin1')
  }

  /** A value by its JavaScript type. */
  value(value: EncodableValue): void {
    if (value === null) this.nil()
    else if (typeof value === 'boolean') this.flag(value)
    else if (typeof value === 'string') this.string(value)
    else if (typeof value === 'number') this.#number(value)
    else if (value instanceof Date) this.timestamp(value.getTime())
    else if (isList(value)) this.#list(value)
    else this.map(value)
  }

  /** A map of values by strings. */
  map(value: Readonly<Record<string, EncodableValue>>): void {
    this.#compound(0xd1, () => {
      for (const key of Object.keys(value)) {
        this.string(key)
        this.value(value[key]!)
      }
    })
  }

  /** An encoded value as a field. */
  raw(value: Uint8Array): void {
    this.payload(value)
    this.#fields++
  }

  /** Bytes that are no field: what follows a performative. */
  payload(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  protected reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
  }

  #list(value: readonly EncodableValue[]): void {
    this.#compound(0xd0, () => {
      for (const item of value) this.value(item)
    })
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.reserve(9)
      this.bytes[this.length] = 0x82
      this.length = this.bytes.writeDoubleBE(value, this.length + 1)
      this.#fields++
    } else if (value < -0x8000_0000 || value > 0x7fff_ffff) this.#long(0x81, value)
    else {
      this.reserve(5)
      this.bytes[this.length] = 0x71
      this.length = this.bytes.writeInt32BE(value, this.length + 1)
      this.#fields++
    }
  }

  #long(code: number, value: number): void {
    this.reserve(9)
    this.bytes[this.length] = code
    this.length = this.bytes.writeBigInt64BE(BigInt(value), this.length + 1)
    this.#fields++
  }

  /** A list or map within whatever is open. */
  #compound(code: number, items: () => void): void {
    const start = this.#start
    const fields = this.#fields
    this.#open(code)
    items()
    this.closeList()
    this.#start = start
    this.#fields = fields + 1
  }

  /** list32 or map32; size and count are filled in when it is closed. */
  #open(code: number): void {
    this.reserve(9)
    this.bytes[this.length] = code
    this.#start = this.length + 1
    this.length += 9
    this.#fields = 0
  }

  #text(code: number, value: string, encoding: 'utf8' | 'latin1'): void {
    const length = Buffer.byteLength(value, encoding)
    this.#size(code, length)
    this.reserve(length)
    this.length += this.bytes.write(value, this.length, encoding)
    this.#fields++
  }

  /** A constructor of variable width, short (§1.6.19 and on) or 0x10 higher with four bytes of size. */
  #size(short: number, length: number): void {
    this.reserve(5)
    if (length < 256) {
      this.bytes[this.length++] = short
      this.bytes[this.length++] = length
    } else {
      this.bytes[this.length] = short + 0x10
      this.length = this.bytes.writeUInt32BE(length, this.length + 1)
    }
  }
}

/** One encoded value, for `raw` fields; built with a writer of its own. */
export const encodeValue = (write: (writer: AmqpWriter) => void): Buffer => {
  const writer = new AmqpWriter()
  write(writer)
  return writer.copy()
}
