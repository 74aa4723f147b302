import { presettled, Segment } from './segment.js'

/**
 * Messages that have arrived and wait for `next()`, in segments of at most `segmentBytes` (one message may be larger).
 *
 * @example
 * const queue = new SegmentQueue(65_536)
 * queue.append(new TextEncoder().encode('{"celsius":20}'), 1)
 * queue.take()!.chunk(context.time.monotonic(), 'body').length // 1
 */
export class SegmentQueue {
  /** Messages waiting. */
  messages = 0
  /** Bytes waiting. */
  bytes = 0
  readonly #segmentBytes: number
  readonly #waiting: Segment[] = []
  readonly #free: Segment[] = []

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes
  }

  append(message: Uint8Array, id: number): void {
    let last = this.#waiting.at(-1)
    if (!last || (last.length > 0 && last.used + message.length > this.#segmentBytes)) {
      last = this.#free.pop() ?? new Segment(this.#segmentBytes)
      this.#waiting.push(last)
    }
    last.append(message, id)
    this.messages++
    this.bytes += message.length
  }

  /** The oldest segment; the caller gives it back with `recycle`. */
  take(): Segment | undefined {
    const segment = this.#waiting.shift()
    if (segment) {
      this.messages -= segment.length
      this.bytes -= segment.used
    }
    return segment
  }

  /** A segment whose chunk nobody reads any more. Two are kept; one that a huge message made large is not. */
  recycle(segment: Segment): void {
    segment.clear()
    if (this.#free.length < 2 && segment.bytes.length <= this.#segmentBytes * 2) this.#free.push(segment)
  }

  /** Forgets what the peer will send again after a lost link. */
  forgetUnsettled(): void {
    const segments = this.#waiting.splice(0)
    this.messages = 0
    this.bytes = 0
    for (const segment of segments) {
      if (segment.keepPresettled()) {
        this.#waiting.push(segment)
        this.messages += segment.length
        this.bytes += segment.used
      } else this.recycle(segment)
    }
  }

  /** What waits is owed to nobody any more: its peer has forgotten it. */
  disown(): void {
    for (const segment of this.#waiting) segment.ids.fill(presettled, 0, segment.length)
  }

  /** Delivery ids of all that waits and is owed an outcome, oldest first. */
  unsettledIds(): number[] {
    const ids: number[] = []
    for (const segment of this.#waiting)
      for (let i = 0; i < segment.length; i++) if (segment.ids[i] !== presettled) ids.push(segment.ids[i]!)
    return ids
  }

  clear(): void {
    for (const segment of this.#waiting.splice(0)) this.recycle(segment)
    this.messages = 0
    this.bytes = 0
  }
}
