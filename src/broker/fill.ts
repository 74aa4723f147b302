import type { TimeSource } from '../model/seams.js'

/** What a stored message costs beyond its bytes. */
const ENTRY_BYTES = 128
/** Above this part of its bytes a queue that was full stays full, so that credit does not flutter. */
const REFILL_BELOW = 0.75
/** Credit was lent by the size of earlier messages; larger ones may overrun the bytes, so there is a hard bound too. */
const OVERRUN = 1.25

/** How full a queue is: messages and bytes, and whether it gives credit. */
export class Fill {
  depth = 0
  bytes = 0
  /** Wall ms since it is full. */
  since: number | undefined
  readonly #most: number
  readonly #time: TimeSource
  #largest = 256

  constructor(most: number, time: TimeSource) {
    this.#most = most
    this.#time = time
  }

  /** Messages of the size seen lately that still fit. */
  get room(): number {
    return Math.max(0, Math.floor((this.#most - this.bytes) / (this.#largest + ENTRY_BYTES)))
  }

  get full(): boolean {
    return this.since !== undefined
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  get overrun(): boolean {
    return this.bytes > this.#most * OVERRUN
  }

  /** True where this made it full. */
  add(length: number): boolean {
    this.depth++
    this.bytes += length + ENTRY_BYTES
    this.#largest = Math.max(length, this.#largest * 0.999)
    if (this.room > 0 || this.full) return false
    this.since = this.#time.wall()
    return true
  }

  /** True where this gave room again. */
  remove(length: number): boolean {
    this.depth--
    this.bytes -= length + ENTRY_BYTES
    if (!this.full || this.bytes > this.#most * REFILL_BELOW) return false
    this.since = undefined
    return true
  }
}
