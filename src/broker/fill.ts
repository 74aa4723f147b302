import type { TimeSource } from '../model/seams.js'
import type { MemoryBound } from './memory-bound.js'

/** What a message costs in memory beyond its bytes: its place in queue and store, and the objects around it; measured. */
const ENTRY_BYTES = 512
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
  readonly #node: MemoryBound
  readonly #time: TimeSource
  #largest = 256
  #gone = false

  /** @param node What all queues of the node may hold. */
  constructor(most: number, node: MemoryBound, time: TimeSource) {
    this.#most = most
    this.#node = node
    this.#time = time
  }

  /** Messages of the size seen lately that still fit, here and in the node. */
  get room(): number {
    const here = this.#gone ? 0 : this.#ownRoom
    return here > 0 ? Math.min(here, this.#node.room(this.#each)) : 0
  }

  get full(): boolean {
    return this.since !== undefined
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  get overrun(): boolean {
    return this.#gone || this.bytes > this.#most * OVERRUN || this.#node.overrun
  }

  /** True where this made it full. */
  add(length: number): boolean {
    this.depth++
    this.bytes += length + ENTRY_BYTES
    this.#node.add(length + ENTRY_BYTES)
    this.#largest = Math.max(length, this.#largest * 0.999)
    if (this.full || this.#ownRoom > 0) return false
    this.since = this.#time.wall()
    return true
  }

  /** True where this gave room again. */
  remove(length: number): boolean {
    if (this.#gone) return false
    this.depth--
    this.bytes -= length + ENTRY_BYTES
    this.#node.remove(length + ENTRY_BYTES)
    if (!this.full || this.bytes > this.#most * REFILL_BELOW) return false
    this.since = undefined
    return true
  }

  /** The queue is gone, with all that it holds; it takes nothing more. */
  end(): void {
    if (this.#gone) return
    this.#gone = true
    this.#node.remove(this.bytes)
    this.depth = 0
    this.bytes = 0
  }

  get #each(): number {
    return this.#largest + ENTRY_BYTES
  }

  get #ownRoom(): number {
    return Math.max(0, Math.floor((this.#most - this.bytes) / this.#each))
  }
}
