const newline = 10

/** Cuts what a socket gives into lines, without their ends; a line that is too long is left out and counted. */
export class LineSplitter {
  /** Lines that were left out. */
  tooLong = 0
  readonly #most: number
  readonly #line: (line: Uint8Array) => void
  readonly #left: () => void
  /** The beginning of a line whose end has not come. */
  #parts: Uint8Array[] = []
  #length = 0

  /** @param left called in place of `line` for one that was too long */
  constructor(mostBytes: number, line: (line: Uint8Array) => void, left = (): void => undefined) {
    this.#most = mostBytes
    this.#line = line
    this.#left = left
  }

  push(bytes: Uint8Array): void {
    let from = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      this.#add(bytes.subarray(from, end))
      this.#end()
      from = end + 1
    }
    this.#add(bytes.subarray(from))
  }

  /** What has begun will not go on: the connection is gone. */
  forget(): void {
    this.#parts = []
    this.#length = 0
  }

  #add(part: Uint8Array): void {
    this.#length += part.length
    // Of a line that is too long nothing is kept, however long it is.
    if (this.#length > this.#most) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  #end(): void {
    if (this.#length > this.#most) {
      this.tooLong++
      this.#left()
    } else if (this.#length > 0) this.#line(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts))
    this.forget()
  }
}
