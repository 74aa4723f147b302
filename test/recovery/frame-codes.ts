/** "AMQP": a protocol header of eight bytes (part 2 §2.2), no frame. */
const protocol = 0x414d5150
/** A frame's header and the descriptor of its performative (part 2 §2.3.1), without extended header. */
const headBytes = 11

/** Counts the performatives of one direction of a connection, by the code of their descriptor, such as 0x14 for transfer. */
export class FrameCodes {
  readonly counts = new Map<number, number>()
  readonly #head = Buffer.alloc(headBytes)
  #have = 0
  /** Bytes until the next frame begins. */
  #left = 0

  count(code: number): number {
    return this.counts.get(code) ?? 0
  }

  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at)
        this.#left -= skipped
        at += skipped
        continue
      }
      this.#head[this.#have++] = bytes[at++]!
      if (this.#have < 8) continue
      const size = this.#head.readUInt32BE(0)
      if (size === protocol || size <= 8) this.#have = 0
      else if (this.#have === headBytes || this.#have === size) {
        const code = this.#head[10]!
        this.counts.set(code, this.count(code) + 1)
        this.#left = size - this.#have
        this.#have = 0
      }
    }
  }
}
