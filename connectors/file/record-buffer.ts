import { delimiterLineEnd } from '../../src/codecs/delimiter-line.js'
import type { ReadableBytes } from './packed-bytes.js'
import { RecordScanner } from './record-scanner.js'

const chunkBytes = 131_072
const lineFeed = 0x0a
/** The byte order mark in UTF-8. */
const mark = [0xef, 0xbb, 0xbf]

/** Records of a file, in one buffer; valid until the next call of `take`. */
export interface Records {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The number of each record's first line. */
  readonly lines: Int32Array
  readonly length: number
  /** Bytes just before the first record that belong to all of them. */
  readonly head: number
}

/** Where reading goes on. */
export interface Offset {
  /** In bytes. */
  readonly at: number
  /** The number of the line that begins there. */
  readonly line: number
  /** It lies within a record that was too long, whose rest is passed over. */
  readonly skipping: boolean
}

export const fileStart: Offset = { at: 0, line: 1, skipping: false }

/**
 * Cuts a file into records, about 128 KB at a time. Memory is bounded by that and the longest record (1 MiB; what is longer
 * is given cut there, and its rest passed over).
 */
export class RecordBuffer {
  readonly #file: ReadableBytes
  readonly #scanner: RecordScanner
  readonly #delimiter: number | undefined
  #buffer = new Uint8Array(chunkBytes)
  /** What belongs to all records; the first bytes of the buffer are kept free for it. */
  #headBytes: Uint8Array = new Uint8Array(0)
  #filled = 0
  #atEnd = false
  /** Where the file is read next. */
  #readAt: number
  #starts = new Int32Array(1_024)
  #ends = new Int32Array(1_024)
  #lines = new Int32Array(1_024)

  /** @param delimiter the byte between the cells of CSV, whose quoted ones may hold line breaks; undefined: records are lines */
  constructor(file: ReadableBytes, delimiter: number | undefined) {
    this.#file = file
    this.#delimiter = delimiter
    this.#scanner = new RecordScanner(delimiter)
    this.#readAt = fileStart.at
  }

  get #head(): number {
    return this.#headBytes.length
  }

  /** The file held nothing more when it was last read. */
  get atEnd(): boolean {
    return this.#atEnd
  }

  /** Behind the last record taken. */
  get offset(): Offset {
    const { position, nextLine, skipping } = this.#scanner
    return { at: this.#readAt - this.#filled + position, line: nextLine, skipping }
  }

  /** From now on these bytes stand before the records. Nothing may have been taken since the last `seek`, or all that was read. */
  begin(head: Uint8Array): void {
    const rest = this.#buffer.slice(this.#scanner.position, this.#filled)
    const size = head.length + rest.length
    if (size > this.#buffer.length) this.#buffer = new Uint8Array(2 * size)
    this.#buffer.set(rest, head.length)
    this.#headBytes = head
    this.#filled = size
    this.#scanner.position = head.length
  }

  /** Goes on elsewhere; what was read is forgotten. */
  seek({ at, line, skipping }: Offset): void {
    this.#readAt = at
    this.#filled = this.#head
    this.#scanner.seek(this.#head, line, skipping)
  }

  /**
   * The next records, `most` at most; undefined where there is none at present. `final`: nothing will be appended to the
   * file, so that what follows the last line break is a record, too.
   */
  take(most: number, final: boolean): Promise<Records | undefined> {
    return this.#take(most, final, false)
  }

  /** Whole lines wait, since a quote among them is not closed. */
  get isStuck(): boolean {
    const lineBreak = this.#buffer.indexOf(lineFeed, this.#scanner.position)
    return lineBreak >= 0 && lineBreak < this.#filled
  }

  /** The first of the lines that wait, as a record: the quote in it is taken to stay open. */
  takeStuck(): Promise<Records | undefined> {
    return this.#take(1, true, true)
  }

  async #take(most: number, final: boolean, stuck: boolean): Promise<Records | undefined> {
    const scanner = this.#scanner
    this.#drop()
    for (;;) {
      const atEnd = await this.#fill()
      this.#atEnd = atEnd
      this.#passPreface()
      let count = 0
      const until = stuck ? this.#buffer.lastIndexOf(lineFeed, this.#filled - 1) + 1 : this.#filled
      while (count < most && scanner.next(this.#buffer, until, atEnd && final)) {
        if (count === this.#starts.length) this.#grow()
        this.#starts[count] = scanner.start
        this.#ends[count] = scanner.end
        this.#lines[count++] = scanner.line
      }
      if (count > 0) return this.#records(count)
      if (atEnd) return undefined
      // Nothing but blank lines, or a record longer than the buffer.
      this.#drop()
      if (this.#filled === this.#buffer.length) this.#widen()
    }
  }

  #records(length: number): Records {
    const first = this.#starts[0]!
    // Before the first record, wherever blank lines have moved that.
    this.#buffer.set(this.#headBytes, first - this.#head)
    return { bytes: this.#buffer, starts: this.#starts, ends: this.#ends, lines: this.#lines, length, head: this.#head }
  }

  #drop(): void {
    const used = this.#scanner.position - this.#head
    if (used <= 0) return
    this.#buffer.copyWithin(this.#head, this.#scanner.position, this.#filled)
    this.#filled -= used
    this.#scanner.shift(used)
  }

  /** True at the end of what the file holds now. */
  async #fill(): Promise<boolean> {
    while (this.#filled < this.#buffer.length) {
      const { bytesRead } = await this.#file.read(this.#buffer, this.#filled, this.#buffer.length - this.#filled, this.#readAt)
      this.#filled += bytesRead
      this.#readAt += bytesRead
      if (bytesRead === 0) return true
    }
    return false
  }

  /** A byte order mark at the beginning of the file is no part of the first record, nor is a line that tells spreadsheets the delimiter. */
  #passPreface(): void {
    const scanner = this.#scanner
    if (scanner.nextLine > 1 || this.offset.at > mark.length) return
    if (this.offset.at === 0 && mark.every((byte, i) => this.#buffer[scanner.position + i] === byte)) scanner.position += mark.length
    if (this.#delimiter === undefined) return
    const end = delimiterLineEnd(this.#buffer, scanner.position, this.#filled, this.#delimiter)
    if (end !== undefined) scanner.passLine(end)
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
