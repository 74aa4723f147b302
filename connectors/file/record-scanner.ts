/** Bytes that a record may have; a longer one is given cut to this length, and refused by the decoder. */
export const recordLimit = 1_048_576

const lineFeed = 0x0a
const carriageReturn = 0x0d
const quote = 0x22

/**
 * Cuts a buffer into records: lines, or with a delimiter CSV records, whose quoted cells may hold line breaks (RFC 4180
 * §2.6). Blank lines are passed over. A quote that is never closed costs its own line only.
 */
export class RecordScanner {
  /** Where the next record is looked for. */
  position = 0
  /** The record found: [start, end) without its line break, and the number of its first line. */
  start = 0
  end = 0
  line = 0
  /** The number of the line at `position`. */
  nextLine: number
  /** Passing over the rest of a record that was too long. */
  skipping: boolean
  readonly #delimiter: number | undefined

  /** @param delimiter the byte between the cells of CSV; undefined: records are lines */
  constructor(delimiter: number | undefined, nextLine = 1, skipping = false) {
    this.#delimiter = delimiter
    this.nextLine = nextLine
    this.skipping = skipping
  }

  /** Goes on at another place of the file. */
  seek(position: number, nextLine: number, skipping: boolean): void {
    this.position = position
    this.nextLine = nextLine
    this.skipping = skipping
    this.#ahead.at = -1
  }

  /** Passes over the line that ends before `position`. */
  passLine(position: number): void {
    this.position = position
    this.nextLine++
  }

  /** The buffer lost `bytes` bytes at its beginning. */
  shift(bytes: number): void {
    this.position -= bytes
    this.#ahead.at -= bytes
    this.#ahead.closedAt -= bytes
  }

  /** Finds the next record in bytes[position … filled − 1]; false where it is not complete. `atEnd`: nothing follows. */
  next(bytes: Uint8Array, filled: number, atEnd: boolean): boolean {
    for (;;) {
      const start = this.position
      if (start >= filled) return false
      if (this.skipping) {
        const stop = bytes.indexOf(lineFeed, start)
        if (stop < 0 || stop >= filled) {
          this.position = filled
          return false
        }
        this.skipping = false
        this.nextLine++
        this.position = stop + 1
        continue
      }
      const stop = this.#recordEnd(bytes, start, filled, atEnd)
      if (stop < 0) return false
      const broken = stop < filled && bytes[stop] === lineFeed
      this.start = start
      this.end = stop > start && bytes[stop - 1] === carriageReturn ? stop - 1 : stop
      this.line = this.nextLine
      this.nextLine += this.#breaksInside + (broken ? 1 : 0)
      this.position = broken ? stop + 1 : stop
      this.skipping = !broken && !(atEnd && stop === filled)
      if (this.end > start) return true
    }
  }

  #breaksInside = 0

  /**
   * How far an open quote was followed in vain. Every line break on that way lay within quotes, so a record that comes to one of
   * them with a quote open goes the same way: it is not gone again for each line.
   */
  readonly #ahead = { at: -1, quoted: false, cellStart: false, closedAt: -2, line: 0 }

  /** The position of the record's line break, or of its end; −1: unknown yet. */
  #recordEnd(bytes: Uint8Array, start: number, filled: number, atEnd: boolean): number {
    const last = Math.min(filled, start + recordLimit)
    const cut = last < filled
    const ahead = this.#ahead
    const delimiter = this.#delimiter
    this.#breaksInside = 0
    let quoted = false
    let cellStart = true
    let firstBreak = -1
    let closedAt = -2
    for (let at = start; at < last; at++) {
      const byte = bytes[at]!
      if (quoted) {
        if (byte === quote) {
          quoted = false
          closedAt = at
        } else if (byte === lineFeed) {
          if (this.#breaksInside++ > 0) continue
          firstBreak = at
          if (at >= ahead.at || ahead.at > last) continue
          ;({ quoted, cellStart, closedAt } = ahead)
          this.#breaksInside = ahead.line - this.nextLine
          at = ahead.at - 1
        }
      } else if (byte === lineFeed) return at
      else if (delimiter !== undefined) {
        if (byte === quote && (cellStart || closedAt === at - 1)) quoted = true // a doubled quote leaves and enters again
        cellStart = byte === delimiter
      }
    }
    if (firstBreak >= 0) Object.assign(ahead, { at: last, quoted, cellStart, closedAt, line: this.nextLine + this.#breaksInside })
    if (!cut && !atEnd) return -1
    if (quoted && firstBreak >= 0) {
      this.#breaksInside = 0
      return firstBreak
    }
    return last
  }
}
