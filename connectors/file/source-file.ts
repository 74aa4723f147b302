import { type FileHandle, open, stat } from 'node:fs/promises'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Schema } from '../../src/model/schema.js'
import { csvHeader } from './csv-header.js'
import { type FilePlace, holds, inodeOf, printOf } from './file-place.js'
import { insteadOf } from './instead-of.js'
import { noSuchFile } from './no-such-file.js'
import { forReading, otherThanFile } from './other-than-file.js'
import { contentsOf, type PackedBytes } from './packed-bytes.js'
import { type Offset, RecordBuffer, type Records } from './record-buffer.js'
import { tornRemedy } from './torn-remedy.js'

/** How a file is cut into records. */
export interface RecordForm {
  /** The byte between the cells of CSV, whose quoted ones may hold line breaks; undefined: records are lines. */
  readonly delimiter: number | undefined
  /** Its first line is a header, which has to name the fields of this schema. */
  readonly header: Schema<unknown> | undefined
}

/** What has become of a file under its reader. */
export type FileFate = 'same' | 'replaced' | 'cut' | 'gone'

const noFile = new Set(['ENOENT', 'ENOTDIR'])

/** One file that is being read. */
export class SourceFile {
  readonly path: string
  readonly inode: string
  readonly #handle: FileHandle
  /** What its name says it holds: packed ones are unpacked as they are read. */
  readonly #bytes: FileHandle | PackedBytes
  readonly #form: RecordForm
  readonly #buffer: RecordBuffer
  #print: FilePlace['print'] = { length: 0, crc: 0 }
  /** The header has been read, or there is none. */
  #begun: boolean

  private constructor(path: string, handle: FileHandle, bytes: FileHandle | PackedBytes, inode: string, form: RecordForm) {
    this.path = path
    this.inode = inode
    this.#handle = handle
    this.#bytes = bytes
    this.#form = form
    this.#begun = form.header === undefined
    this.#buffer = new RecordBuffer(bytes, form.delimiter)
  }

  /** @throws MR330 where there is none, MR331 where it cannot be opened */
  static async open(path: string, form: RecordForm): Promise<SourceFile> {
    const handle = await open(path, forReading).catch((cause: NodeJS.ErrnoException) => {
      if (noFile.has(cause.code ?? '')) throw noSuchFile(path, cause)
      throw new MillraceError('MR331', `${path} cannot be opened: ${cause.message}`, { cause })
    })
    try {
      const other = otherThanFile(await handle.stat())
      if (other) throw new MillraceError('MR331', `${path} is ${other}, not a file`, { hint: insteadOf(other) })
      return new SourceFile(path, handle, await contentsOf(path, handle), await inodeOf(handle), form)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get isPacked(): boolean {
    return this.#bytes !== this.#handle
  }

  /** When it was last written, µs since the epoch; of a packed one gzip keeps that. */
  async changed(): Promise<number> {
    return Number((await this.#handle.stat({ bigint: true })).mtimeNs / 1_000n)
  }

  /** Whether it goes on from a place. */
  holds(place: FilePlace): Promise<boolean> {
    return holds(this.#bytes, place)
  }

  /** Goes on at a place of it; the header of a CSV file is read first. @throws MR217, MR219 of the header */
  async goOn({ at, line, skipping, print }: FilePlace): Promise<void> {
    await this.#begin(true)
    if (at === 0) return
    this.#buffer.seek({ at, line, skipping })
    this.#print = print
  }

  /**
   * The next records, if there are any; see `RecordBuffer.take`.
   *
   * @throws MR217, MR219 of the header, MR331 where the system cannot read it
   */
  take(final: boolean): Promise<Records | undefined> {
    return this.#read(async () => ((await this.#begin(final)) ? this.#buffer.take(Number.POSITIVE_INFINITY, final) : undefined))
  }

  /** Whole lines wait, since a quote among them is not closed; `takeStuck` gives the first alone. */
  get isStuck(): boolean {
    return this.#begun && this.#buffer.isStuck
  }

  /** @throws MR331 */
  takeStuck(): Promise<Records | undefined> {
    return this.#read(() => this.#buffer.takeStuck())
  }

  async #read(take: () => Promise<Records | undefined>): Promise<Records | undefined> {
    try {
      const records = await take()
      if (records) this.#print = await printOf(this.#bytes, this.#buffer.offset.at)
      return records
    } catch (cause) {
      if (cause instanceof MillraceError) throw cause
      throw new MillraceError('MR331', `${this.path} cannot be read: ${(cause as Error).message}`, { cause, ...tornRemedy(cause as Error) })
    }
  }

  /** Behind what was taken. */
  get place(): FilePlace {
    return { file: this.path, inode: this.inode, print: this.#print, ...this.offset }
  }

  get offset(): Offset {
    return this.#buffer.offset
  }

  /** It held nothing more when it was last read. */
  get atEnd(): boolean {
    return this.#buffer.atEnd
  }

  /** Its bytes at present, whatever its name. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  /** What its path leads to now, and whether it still holds what was read of it. */
  async fate(): Promise<FileFate> {
    const found = await stat(this.path, { bigint: true }).catch(() => undefined)
    if (!found) return 'gone'
    if (`${found.dev}:${found.ino}` !== this.inode) return 'replaced'
    return (await this.isWhole()) ? 'same' : 'cut'
  }

  /** Whether it still holds what was read of it, whatever its name. */
  async isWhole(): Promise<boolean> {
    const { at } = this.offset
    // Nobody adds to what is packed.
    if (this.isPacked) return true
    return at === 0 || this.#print.length === 0 ? (await this.size()) >= at : this.holds(this.place)
  }

  close(): Promise<void> {
    return this.#bytes.close()
  }

  /** Reads the header, once there is one. */
  async #begin(final: boolean): Promise<boolean> {
    if (this.#begun) return true
    const records = await this.#buffer.take(1, final)
    if (!records) return false
    const head = records.bytes.slice(records.starts[0]!, records.ends[0]! + 1)
    head[head.length - 1] = 0x0a
    csvHeader(this.path, head.subarray(0, -1), this.#form.header!, this.#form.delimiter!)
    const { offset } = this.#buffer
    this.#buffer.begin(head)
    this.#buffer.seek(offset)
    this.#begun = true
    return true
  }
}

/** Whether a path leads to a file that can be opened. */
export async function isReadable(path: string, form: RecordForm): Promise<boolean> {
  const file = await SourceFile.open(path, form).catch(() => undefined)
  await file?.close()
  return file !== undefined
}
