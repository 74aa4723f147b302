import type { SourceReader, SourceStatus } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { ReadableBytes } from './packed-bytes.js'
import { RecordBuffer, type Records } from './record-buffer.js'
import { tornRemedy } from './torn-remedy.js'

/** Gives the records of a file, from its beginning to its end, as chunks of bare bodies, each with the number of its first line. */
export class RecordReader implements SourceReader {
  readonly #file: ReadableBytes
  readonly #path: string
  readonly #buffer: RecordBuffer
  #atEnd = false
  #closed = false
  #receipt = 0

  /** @param delimiter the byte between the cells of CSV; undefined: records are lines */
  constructor(file: ReadableBytes, path: string, delimiter: number | undefined) {
    this.#file = file
    this.#path = path
    this.#buffer = new RecordBuffer(file, delimiter)
  }

  /** The first record alone (a CSV header), or undefined in an empty file. */
  async header(): Promise<Uint8Array | undefined> {
    const records = await this.#take(1)
    return records?.bytes.slice(records.starts[0]!, records.ends[0]!)
  }

  async next(): Promise<Chunk | undefined> {
    if (this.#closed) return undefined
    const records = await this.#take(Number.POSITIVE_INFINITY)
    if (records) return { encoding: 'body', partition: 0, ...records, receipt: ++this.#receipt }
    this.#atEnd = true
    return undefined
  }

  async #take(most: number): Promise<Records | undefined> {
    try {
      return await this.#buffer.take(most, true)
    } catch (cause) {
      throw new MillraceError('MR218', `${this.#path} cannot be read: ${(cause as Error).message}`, {
        cause,
        ...tornRemedy(cause as Error),
      })
    }
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
