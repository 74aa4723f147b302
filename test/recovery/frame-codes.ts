/** "AMQP": a protocol header of eight bytes (part 2 §2.2), no frame. */
const protocol = 0x414d5150
/** A frame's header and the descriptor of its performative (part 2 §2.3.1), without extended header. */
const headBytes = 11
const disposition = 0x15
/** A disposition is shorter. */
const mostBytes = 256

/**
 * Counts the performatives of one direction of a connection, by the code of their descriptor, such as 0x14 for transfer;
 * and the outcomes in its dispositions by theirs, such as 0x24 for accepted (part 3 §3.4).
 */
export class FrameCodes {
  readonly counts = new Map<number, number>()
  readonly #frame = Buffer.alloc(mostBytes)
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
      this.#frame[this.#have++] = bytes[at++]!
      if (this.#have < 8) continue
      const size = this.#frame.readUInt32BE(0)
      if (size === protocol || size <= 8) this.#have = 0
      else if (this.#have >= headBytes || this.#have === size) this.#counted(size)
    }
  }

  /** Of a disposition the whole frame is awaited, of others the head. */
  #counted(size: number): void {
    const code = this.#frame[10]!
    if (code === disposition && this.#have < Math.min(size, mostBytes)) return
    this.#add(code)
    if (code === disposition) this.#addOutcome(this.#frame.subarray(headBytes, this.#have))
    this.#left = size - this.#have
    this.#have = 0
  }

  /** The state is a described list without fields, or with an error: 0x00 0x53 and its code. */
  #addOutcome(fields: Buffer): void {
    const at = fields.indexOf(Buffer.from([0x00, 0x53]))
    const code = fields[at + 2]
    if (at >= 0 && code !== undefined) this.#add(code)
  }

  #add(code: number): void {
    this.counts.set(code, this.count(code) + 1)
  }
}
