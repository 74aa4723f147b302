import type { DiskFile } from '../model/disk.js'
import { headBytes, isRecord, recordBytes } from './record-format.js'
import { headerBytes } from './segment-header.js'

/** Read at a time, where the file has as much. */
const blockBytes = 2 ** 18
/** Checksums computed while whole records are looked for behind a bad one, in multiples of what lies there. */
const searchFactor = 16

/** Why no further record follows. */
export type RecordsEnd = 'end' | 'torn' | 'damaged'

/** Reads the records of one segment in order. Payloads lie at multiples of 8 of one buffer that each step may overwrite. */
export class RecordReader {
  readonly #file: DiskFile
  #size: number
  readonly #seed: number
  #buffer = Buffer.alloc(0)
  /** The buffer holds bytes `#from` … `#from + #filled − 1` of the file. */
  #from = headerBytes
  #filled = 0
  #next = headerBytes
  /** Of the record that `next` gave. */
  number: number
  /** The last record known to be durable when this one was appended. */
  durable = 0
  bytes: Uint8Array = new Uint8Array(0)

  /** @param first Number of the first record. @param size Of the file as far as it is read. */
  constructor(file: DiskFile, first: number, size: number, seed: number) {
    this.#file = file
    this.#size = size
    this.#seed = seed
    this.number = first - 1
  }

  /** More of the file is known to be written. */
  extend(size: number): void {
    this.#size = Math.max(this.#size, size)
  }

  /** Where in the file the next record begins. */
  get position(): number {
    return this.#next
  }

  /** Goes to where the record behind `number` begins. */
  seek(position: number, number: number): void {
    this.#from = position
    this.#filled = 0
    this.#next = position
    this.number = number
  }

  /** Whether there was another record. */
  async next(): Promise<boolean> {
    const at = this.#next
    if (!(await this.#load(at, headBytes))) return false
    const length = this.#buffer.readUInt32LE(at - this.#from + 4)
    if (length === 0 || !(await this.#load(at, recordBytes(length)))) return false
    const offset = at - this.#from
    const number = this.number + 1
    if (this.#buffer.readUInt32LE(offset + 8) !== number % 2 ** 32) return false
    if (!isRecord(this.#buffer, offset, this.#filled, this.#seed)) return false
    this.number = number
    this.durable = number - this.#buffer.readUInt32LE(offset + 12)
    this.bytes = this.#buffer.subarray(offset + headBytes, offset + headBytes + length)
    this.#next = at + recordBytes(length)
    return true
  }

  /**
   * What it means that `next` gave false. A crash leaves anything in what was not yet synced; so damaged is only what a
   * later record knew to be durable.
   */
  async end(): Promise<RecordsEnd> {
    if (this.#next >= this.#size) return 'end'
    const missing = this.number + 1
    let budget = (this.#size - this.#next) * searchFactor
    for (let at = this.#next + 8; at + headBytes < this.#size; at += 8) {
      if (!(await this.#load(at, headBytes))) break
      const offset = at - this.#from
      const ahead = (this.#buffer.readUInt32LE(offset + 8) - (missing % 2 ** 32) + 2 ** 32) % 2 ** 32
      const length = this.#buffer.readUInt32LE(offset + 4)
      if (ahead === 0 || ahead > (at - this.#next) / 8 || this.#buffer.readUInt32LE(offset + 12) > ahead) continue
      if (length === 0 || at + recordBytes(length) > this.#size) continue
      budget -= recordBytes(length)
      if (budget < 0) return 'damaged'
      if (!(await this.#load(at, recordBytes(length)))) break
      if (isRecord(this.#buffer, at - this.#from, this.#filled, this.#seed)) return 'damaged'
    }
    return 'torn'
  }

  /** Makes bytes `at` … `at + length − 1` of the file lie in the buffer, `at` at a multiple of 8; false where the file ends before. */
  async #load(at: number, length: number): Promise<boolean> {
    if (at + length > this.#size) return false
    if (at + length <= this.#from + this.#filled) return true
    const kept = this.#buffer.subarray(at - this.#from, this.#filled)
    const wanted = Math.max(length, Math.min(blockBytes, this.#size - at))
    const into = wanted <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(Math.max(wanted, this.#buffer.length * 2))
    into.set(kept)
    this.#buffer = into
    this.#from = at
    this.#filled = kept.length
    while (this.#filled < length) {
      const room = Math.min(this.#buffer.length - this.#filled, this.#size - at - this.#filled)
      const read = await this.#file.read(this.#buffer.subarray(this.#filled, this.#filled + room), at + this.#filled)
      if (read === 0) return false
      this.#filled += read
    }
    return true
  }
}
