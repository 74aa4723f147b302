import type { FileHandle } from 'node:fs/promises'
import type { SourceReader, SourceStatus } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { RecordScanner } from './record-scanner.js'

const chunkBytes = 65_536

/**
 * Gives the records of a file as chunks of about 64 KB of bare bodies, each with the number of its first line. Memory
 * is bounded by one chunk and the longest record (1 MiB; what is longer is cut there, and the decoder refuses it).
 */
export class RecordReader implements SourceReader {
  readonly #file: FileHandle
  readonly #path: string
  readonly #scanner: RecordScanner
  #buffer = new Uint8Array(chunkBytes)
  #filled = 0
  #atEnd = false
  #begun = false
  #closed = false
  #receipt = 0
  #starts = new Int32Array(1_024)
  #ends = new Int32Array(1_024)
  #lines = new Int32Array(1_024)

  constructor(file: FileHandle, path: string, quotes: boolean) {
    this.#file = file
    this.#path = path
    this.#scanner = new RecordScanner(quotes)
  }

  /** The first record alone (a CSV header), or undefined in an empty file. */
  header(): Promise<Uint8Array | undefined> {
    return this.#read(1).then(chunk => chunk?.bytes.slice(chunk.starts[0]!, chunk.ends[0]!))
  }

  next(): Promise<Chunk | undefined> {
    return this.#read(Number.POSITIVE_INFINITY)
  }

  async #read(most: number): Promise<Chunk | undefined> {
    const scanner = this.#scanner
    this.#drop(scanner.position)
    let count = 0
    while (!this.#closed) {
      await this.#fill()
      if (!this.#begun) this.#passMark()
      while (count < most && scanner.next(this.#buffer, this.#filled, this.#atEnd)) {
        if (count === this.#starts.length) this.#grow()
        this.#starts[count] = scanner.start
        this.#ends[count] = scanner.end
        this.#lines[count++] = scanner.line
      }
      if (count > 0) return this.#chunk(count)
      if (this.#atEnd) break
      // Nothing but blank lines, or a record longer than the buffer.
      if (scanner.position > 0) this.#drop(scanner.position)
      if (this.#filled === this.#buffer.length) this.#widen()
    }
    return undefined
  }

  settle(): void {}

  status(): SourceStatus {
    return {
      connected: !this.#closed,
      live: false,
      detail: this.#atEnd ? `${this.#path} read to its end` : `reading ${this.#path}`,
      endpoint: this.#path,
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.close()
  }

  #chunk(length: number): Chunk {
    const starts = this.#starts
    const ends = this.#ends
    const lines = this.#lines
    return { encoding: 'body', partition: 0, bytes: this.#buffer, starts, ends, lines, length, receipt: ++this.#receipt }
  }

  #drop(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#filled)
    this.#filled -= bytes
    this.#scanner.shift(bytes)
  }

  async #fill(): Promise<void> {
    while (!this.#atEnd && this.#filled < this.#buffer.length) {
      const { bytesRead } = await this.#file.read(this.#buffer, this.#filled, this.#buffer.length - this.#filled, null)
      this.#filled += bytesRead
      this.#atEnd = bytesRead === 0
    }
  }

  /** A byte order mark at the beginning of the file is not part of the first record. */
  #passMark(): void {
    this.#begun = true
    if (this.#buffer[0] === 0xef && this.#buffer[1] === 0xbb && this.#buffer[2] === 0xbf && this.#filled >= 3) this.#scanner.position = 3
  }

  #widen(): void {
    const wider = new Uint8Array(2 * this.#buffer.length)
    wider.set(this.#buffer)
    this.#buffer = wider
  }

  #grow(): void {
    const doubled = (offsets: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * offsets.length)
      larger.set(offsets)
      return larger
    }
    this.#starts = doubled(this.#starts)
    this.#ends = doubled(this.#ends)
    this.#lines = doubled(this.#lines)
  }
}
