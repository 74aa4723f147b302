import type { FileHandle } from 'node:fs/promises'
import type { SourceReader, SourceStatus } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { RecordBuffer } from './record-buffer.js'

/** Gives the records of a file, from its beginning to its end, as chunks of bare bodies, each with the number of its first line. */
export class RecordReader implements SourceReader {
  readonly #file: FileHandle
  readonly #path: string
  readonly #buffer: RecordBuffer
  #atEnd = false
  #closed = false
  #receipt = 0

  constructor(file: FileHandle, path: string, quotes: boolean) {
    this.#file = file
    this.#path = path
    this.#buffer = new RecordBuffer(file, quotes)
  }

  /** The first record alone (a CSV header), or undefined in an empty file. */
  async header(): Promise<Uint8Array | undefined> {
    const records = await this.#buffer.take(1, true)
    return records?.bytes.slice(records.starts[0]!, records.ends[0]!)
  }

  async next(): Promise<Chunk | undefined> {
    if (this.#closed) return undefined
    const records = await this.#buffer.take(Number.POSITIVE_INFINITY, true)
    if (records) return { encoding: 'body', partition: 0, ...records, receipt: ++this.#receipt }
    this.#atEnd = true
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
}
