/** "AMQP": a protocol header of eight bytes (part 2 §2.2), no frame. */
const protocol = 0x414d5150

/**
 * Follows the frames (part 2 §2.3.1) of one direction of a connection, so that a bit of a frame's header can be flipped:
 * such a fault can be told by the receiver, while one in a payload of plain TCP cannot.
 */
export class FrameHeaders {
  readonly #header = Buffer.alloc(8)
  /** Bytes of the header that have come. */
  #have = 0
  /** Bytes of the frame's body that are still to come. */
  #body = 0
  #bit: number | undefined

  flip(bit: number): void {
    this.#bit = bit
  }

  /** Takes what came; gives what goes on. */
  pass(read: Buffer): Buffer {
    for (let at = 0; at < read.length; ) {
      if (this.#body > 0) {
        const skipped = Math.min(this.#body, read.length - at)
        this.#body -= skipped
        at += skipped
        continue
      }
      if (this.#bit !== undefined && this.#have === this.#bit >>> 3) {
        this.#header[this.#have++] = read[at]!
        read[at]! ^= 1 << (this.#bit & 7)
        this.#bit = undefined
      } else this.#header[this.#have++] = read[at]!
      at++
      if (this.#have < 8) continue
      const size = this.#header.readUInt32BE(0)
      this.#have = 0
      this.#body = size === protocol ? 0 : Math.max(0, size - 8)
    }
    return read
  }
}
