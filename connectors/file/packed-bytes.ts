import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** What a file of records is read from: an open file, or the contents of a packed one. */
export interface ReadableBytes {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}

/** Unpacked bytes that are kept behind the place that is read: a record and what is looked back at. */
const keptBytes = 4_194_304
/** Packed bytes that are read at once, and unpacked ones that are given. */
const packedPart = 65_536

/**
 * The contents of a file that gzip packed, by their places: unpacked as they are asked for, in memory that is bounded. To go back
 * further than some megabytes begins anew.
 */
export class PackedBytes implements ReadableBytes {
  readonly #file: FileHandle
  #unpacked: AsyncIterator<Buffer> | undefined
  #parts: Buffer[] = []
  /** Places of the first byte that is kept, and behind the last. */
  #from = 0
  #to = 0
  #ended = false

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** As many bytes as asked for, fewer at the end. Throws what zlib does for bytes that are not whole. */
  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    if (position < this.#from) await this.#begin()
    while (this.#to < position + length && !this.#ended) await this.#more(position)
    let bytesRead = 0
    let at = this.#from
    for (const part of this.#parts) {
      const begin = Math.max(0, position + bytesRead - at)
      if (begin < part.length && bytesRead < length) bytesRead += part.copy(buffer, offset + bytesRead, begin, begin + length - bytesRead)
      at += part.length
    }
    return { bytesRead }
  }

  async close(): Promise<void> {
    await this.#unpacked?.return?.()
    await this.#file.close()
  }

  async #more(position: number): Promise<void> {
    if (!this.#unpacked) await this.#begin()
    const { value, done } = await this.#unpacked!.next()
    if (done) {
      this.#ended = true
      return
    }
    this.#parts.push(value)
    this.#to += value.length
    for (let [first] = this.#parts; first && this.#from + first.length < position - keptBytes; [first] = this.#parts) {
      this.#parts.shift()
      this.#from += first.length
    }
  }

  async #begin(): Promise<void> {
    await this.#unpacked?.return?.()
    this.#parts = []
    this.#from = 0
    this.#to = 0
    this.#ended = false
    const unpacking = createGunzip({ chunkSize: packedPart })
    // An error of either comes out of the iterator.
    pipeline(Readable.from(partsOf(this.#file)), unpacking, () => undefined)
    this.#unpacked = unpacking[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }
}

/** The bytes of an open file from its beginning; it stays open. */
async function* partsOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(packedPart), 0, packedPart, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** What a file holds: where its name says that gzip packed it, and it begins so, unpacked. */
export async function contentsOf(path: string, file: FileHandle): Promise<FileHandle | PackedBytes> {
  return /\.gz$/i.test(path) && (await isPacked(file)) ? new PackedBytes(file) : file
}

async function isPacked(file: FileHandle): Promise<boolean> {
  const magic = Buffer.alloc(2)
  const { bytesRead } = await file.read(magic, 0, 2, 0)
  return bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b
}
