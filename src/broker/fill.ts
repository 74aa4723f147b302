import type { TimeSource } from '../model/seams.js'
import type { MemoryBound } from './memory-bound.js'
import type { Message } from './message.js'

/** What a message costs in memory beyond its bytes: its place in queue and store, and the objects around it; measured. */
const ENTRY_BYTES = 512
/** Above this part of its bytes a queue that was full stays full, so that credit does not flutter. */
const REFILL_BELOW = 0.75
/** Credit was lent by the size of earlier messages, and to others; what comes by it may overrun the bytes, so there is a hard bound too. */
const OVERRUN = 1.25

/** Bytes of memory that a message costs while it is held. */
export const entryBytes = ({ bytes }: Message): number => bytes.length + ENTRY_BYTES

/** How full a queue is: messages and bytes, and whether it gives credit. */
export class Fill {
  depth = 0
  bytes = 0
  /** Wall ms since it is full. */
  since: number | undefined
  readonly #most: number
  readonly #node: MemoryBound
  readonly #time: TimeSource
  /** Of the largest message seen lately. */
  #each = 0
  #gone = false

  /** @param node What all queues of the node may hold. */
  constructor(most: number, node: MemoryBound, time: TimeSource) {
    this.#most = most
    this.#node = node
    this.#time = time
  }

  /** Bytes that are free, here and in the node; 0 where a message of the size seen lately does not fit. */
  get free(): number {
    if (this.#gone || this.full) return 0
    return Math.min(this.#most - this.bytes, this.#node.freeFor(this.#each))
  }

  get full(): boolean {
    return this.since !== undefined
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  get overrun(): boolean {
    return this.#gone || this.bytes > this.#most * OVERRUN || this.#node.overrun
  }

  /** True where this made it full. */
  add(message: Message): boolean {
    const bytes = entryBytes(message)
    this.depth++
    this.bytes += bytes
    this.#node.add(bytes)
    this.#each = Math.max(bytes, this.#each * 0.999)
    if (this.full || this.#fits) return false
    this.since = this.#time.wall()
    return true
  }

  /** True where this gave room again. */
  remove(message: Message): boolean {
    if (this.#gone) return false
    const bytes = entryBytes(message)
    this.depth--
    this.bytes -= bytes
    this.#node.remove(bytes)
    // One that is larger than the queue is taken where there is no other.
    const hasRoom = this.depth === 0 || (this.#fits && this.bytes <= this.#most * REFILL_BELOW)
    if (!this.full || !hasRoom) return false
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

  get #fits(): boolean {
    return this.bytes + this.#each <= this.#most
  }
}
