import { headBytes, recordBytes, sealRecord } from './record-format.js'

const initialBytes = 2 ** 14
/** A larger buffer, grown for one huge record, is not kept for those that follow. */
const keptBytes = 2 ** 25

/** Records on their way to the disk, ready to be written at once. */
export class RecordBuffer {
  #buffer = Buffer.allocUnsafeSlow(initialBytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was appended since `clear`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  append(parts: readonly Uint8Array[], number: number, durable: number, seed: number): void {
    let length = 0
    for (const part of parts) length += part.length
    if (length === 0) throw new RangeError('a record holds at least one byte')
    const at = this.#length
    const end = at + recordBytes(length)
    if (end > this.#buffer.length) this.#grow(end)
    let to = at + headBytes
    for (const part of parts) {
      this.#buffer.set(part, to)
      to += part.length
    }
    this.#buffer.fill(0, to, end)
    sealRecord(this.#buffer, at, { length, number, durable }, seed)
    this.#length = end
  }

  clear(): void {
    this.#length = 0
    if (this.#buffer.length > keptBytes) this.#buffer = Buffer.allocUnsafeSlow(initialBytes)
  }

  #grow(needed: number): void {
    let size = this.#buffer.length
    while (size < needed) size *= 2
    const larger = Buffer.allocUnsafeSlow(size)
    larger.set(this.bytes)
    this.#buffer = larger
  }
}
