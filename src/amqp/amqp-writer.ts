/** What a body or property can be; dates become timestamps, objects maps with string keys. */
export type AmqpValue = string | number | boolean | null | Date | readonly AmqpValue[] | { readonly [key: string]: AmqpValue }

const isList = (value: object): value is readonly AmqpValue[] => Array.isArray(value)

/** Writes AMQP 1.0 types (part 1 §1.6) into one growing buffer. */
export class AmqpWriter {
  #bytes = Buffer.allocUnsafe(4_096)
  #at = 0

  reset(): void {
    this.#at = 0
  }

  /** What was written since `reset`, on memory of its own. */
  take(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#at)
  }

  /** The descriptor of a section: 0x00, smallulong. */
  descriptor(code: number): void {
    this.#byte(0x00)
    this.#byte(0x53)
    this.#byte(code)
  }

  /** list32 of `count` items written by `items`. */
  list(count: number, items: () => void): void {
    this.#compound(0xd0, count, items)
  }

  /** map32 of `count` keys and values written by `items`. */
  map(count: number, items: () => void): void {
    this.#compound(0xd1, count, items)
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0x41 : 0x42)
  }

  /** timestamp: ms since the epoch. */
  timestamp(ms: number): void {
    this.#byte(0x83)
    this.#room(8)
    this.#at = this.#bytes.writeBigInt64BE(BigInt(Math.trunc(ms)), this.#at)
  }

  symbol(text: string): void {
    this.#text(0xa3, 0xb3, text)
  }

  binary(content: string | Uint8Array): void {
    if (typeof content === 'string') {
      this.#text(0xa0, 0xb0, content)
      return
    }
    this.#length(0xa0, 0xb0, content.length)
    this.#room(content.length)
    this.#bytes.set(content, this.#at)
    this.#at += content.length
  }

  /** A value by its JavaScript type: whole numbers as int or long, others as double. */
  value(value: AmqpValue): void {
    if (value === null) this.#byte(0x40)
    else if (typeof value === 'boolean') this.boolean(value)
    else if (typeof value === 'string') this.#text(0xa1, 0xb1, value)
    else if (typeof value === 'number') this.#number(value)
    else if (value instanceof Date) this.timestamp(value.getTime())
    else if (isList(value))
      this.list(value.length, () => {
        for (const item of value) this.value(item)
      })
    else this.#map(Object.entries(value))
  }

  #map(entries: readonly (readonly [string, AmqpValue])[]): void {
    this.map(entries.length * 2, () => {
      for (const [key, item] of entries) {
        this.value(key)
        this.value(item)
      }
    })
  }

  #number(value: number): void {
    this.#room(9)
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      const small = value >= -0x8000_0000 && value <= 0x7fff_ffff
      this.#byte(small ? 0x71 : 0x81)
      this.#at = small ? this.#bytes.writeInt32BE(value, this.#at) : this.#bytes.writeBigInt64BE(BigInt(value), this.#at)
    } else {
      this.#byte(0x82)
      this.#at = this.#bytes.writeDoubleBE(value, this.#at)
    }
  }

  #compound(code: number, count: number, items: () => void): void {
    this.#byte(code)
    this.#room(8)
    const start = this.#at
    this.#at += 4
    this.#at = this.#bytes.writeUInt32BE(count, this.#at)
    items()
    this.#bytes.writeUInt32BE(this.#at - start - 4, start)
  }

  #text(short: number, long: number, text: string): void {
    const length = Buffer.byteLength(text)
    this.#length(short, long, length)
    this.#room(length)
    this.#at += this.#bytes.write(text, this.#at, 'utf8')
  }

  #length(short: number, long: number, length: number): void {
    if (length < 256) {
      this.#byte(short)
      this.#byte(length)
    } else {
      this.#byte(long)
      this.#room(4)
      this.#at = this.#bytes.writeUInt32BE(length, this.#at)
    }
  }

  #byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}
