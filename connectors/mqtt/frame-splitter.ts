/** Control packet types of MQTT 3.1.1 §2.2.1 and MQTT 5 §2.1.2, as the upper four bits of the first byte. */
export const packetType = { connack: 2, publish: 3, puback: 4, pubrec: 5, pubrel: 6, pubcomp: 7, pingreq: 12, pingresp: 13 } as const

/** What is told of each packet, on memory that is valid during the call. */
export interface FrameReceiver {
  /** False holds everything back until `resume`. */
  wants(): boolean
  /** `bytes[start … end − 1]` is the whole packet, `body` its variable header. */
  frame(bytes: Uint8Array, start: number, body: number, end: number): void
  /** A PUBLISH beyond the limit, as `frame`, but `end` is where it was cut; the rest of its `length` is skipped. */
  tooLarge(bytes: Uint8Array, start: number, body: number, end: number, length: number): void
  /** The peer broke the protocol; nothing more is read. */
  broken(why: string): void
}

/** Other packets than PUBLISH are small: a SUBACK holds one byte a filter, a CONNACK a few properties. */
const mostOther = 256 * 1024
const smallest = 16 * 1024

/** Cuts what a socket gives into MQTT packets; only what is left of an unfinished one is copied. */
export class FrameSplitter {
  readonly #receiver: FrameReceiver
  readonly #mostPublish: number
  readonly #mostKept: number
  #carry: Uint8Array = new Uint8Array(smallest)
  #carried = 0
  /** Bytes that the unfinished packet needs before it is worth looking at again. */
  #need = 0
  #skip = 0
  #broken = false

  /**
   * @param mostPublish bytes of a PUBLISH, its header included.
   * @param mostKept bytes that are given of one that is larger.
   */
  constructor(receiver: FrameReceiver, mostPublish: number, mostKept: number) {
    this.#receiver = receiver
    this.#mostPublish = mostPublish
    this.#mostKept = mostKept
  }

  /** Bytes that wait, unread or unfinished. */
  get held(): number {
    return this.#carried
  }

  push(data: Uint8Array): void {
    if (this.#broken) return
    let from = 0
    if (this.#skip > 0) {
      from = Math.min(this.#skip, data.length)
      this.#skip -= from
    }
    if (this.#carried === 0) {
      const done = this.#read(data, from, data.length)
      this.#keep(data.subarray(done))
      return
    }
    this.#keep(data.subarray(from))
    if (this.#carried >= this.#need) this.resume()
  }

  /** Reads on in what was held back. */
  resume(): void {
    if (this.#broken || this.#carried === 0) return
    const done = this.#read(this.#carry, 0, this.#carried)
    this.#carry.copyWithin(0, done, this.#carried)
    this.#carried -= done
    // One large packet must not leave its memory behind.
    if (this.#carry.length > 16 * smallest && this.#carried < smallest) this.#carry = this.#carry.slice(0, smallest)
  }

  #keep(data: Uint8Array): void {
    const end = this.#carried + data.length
    if (end > this.#carry.length) {
      const larger = new Uint8Array(Math.max(end, this.#carry.length * 2))
      larger.set(this.#carry.subarray(0, this.#carried))
      this.#carry = larger
    }
    this.#carry.set(data, this.#carried)
    this.#carried = end
  }

  /** Reads whole packets; returns where the first unfinished one begins. */
  #read(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    this.#need = 0
    while (at < to && !this.#broken && this.#receiver.wants()) {
      const body = this.#body(bytes, at, to)
      if (body < 0) break
      const first = bytes[at]!
      const end = body + this.#remaining
      const isPublish = first >> 4 === packetType.publish
      if (isPublish && end - at > this.#mostPublish) {
        if (!this.#pass(bytes, at, body, to, end)) break
        at = Math.min(end, to)
        continue
      }
      if (!isPublish && end - at > mostOther) return this.#break(`a control packet of ${end - at} bytes`, to)
      if (end > to) {
        this.#need = end - at
        break
      }
      this.#receiver.frame(bytes, at, body, end)
      at = end
    }
    return this.#broken ? to : at
  }

  #remaining = 0

  /** Where the variable header begins; −1 while the fixed header is incomplete. MQTT 3.1.1 §2.2.3: at most four bytes of length. */
  #body(bytes: Uint8Array, at: number, to: number): number {
    let value = 0
    for (let i = 1; i <= 4; i++) {
      if (at + i >= to) return -1
      const byte = bytes[at + i]!
      value += (byte & 0x7f) * 2 ** (7 * (i - 1))
      if (byte < 0x80) {
        this.#remaining = value
        return at + i + 1
      }
    }
    this.#break('a packet length of more than four bytes', to)
    return -1
  }

  /** Gives the beginning of a PUBLISH that is too large, and passes over the rest; false until the beginning is here. */
  #pass(bytes: Uint8Array, at: number, body: number, to: number, end: number): boolean {
    const cut = Math.min(end, at + this.#mostKept)
    if (cut > to) {
      this.#need = cut - at
      return false
    }
    this.#skip = Math.max(0, end - to)
    this.#receiver.tooLarge(bytes, at, body, cut, end - at)
    return true
  }

  #break(why: string, to: number): number {
    this.#broken = true
    this.#receiver.broken(why)
    return to
  }
}
