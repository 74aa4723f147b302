import type { Chunk } from '../model/chunk.js'

/** Marks a message that its sender settled before it arrived: nothing is owed for it. */
export const presettled = -1

/** One buffer of messages on their way to a chunk, with each message's delivery id. */
export class Segment {
  length = 0
  used = 0
  bytes: Uint8Array
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  ids = new Float64Array(256)

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  append(message: Uint8Array, id: number): void {
    const end = this.used + message.length
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2))
      grown.set(this.bytes.subarray(0, this.used))
      this.bytes = grown
    }
    const i = this.length++
    if (i === this.starts.length) this.#lengthen()
    this.bytes.set(message, this.used)
    this.starts[i] = this.used
    this.ends[i] = end
    this.ids[i] = id
    this.used = end
  }

  chunk(receipt: number, encoding: Chunk['encoding'] = 'amqp'): Chunk {
    const { length, starts, ends } = this
    return { encoding, partition: 0, bytes: this.bytes.subarray(0, this.used), starts, ends, length, receipt }
  }

  /** Keeps only messages that nobody will send again; true when some are left. */
  keepPresettled(): boolean {
    const { starts, ends, ids, bytes } = this
    let length = 0
    let used = 0
    for (let i = 0; i < this.length; i++) {
      if (ids[i] !== presettled) continue
      const start = starts[i]!
      bytes.copyWithin(used, start, ends[i]!)
      const size = ends[i]! - start
      starts[length] = used
      used += size
      ends[length] = used
      ids[length++] = presettled
    }
    this.length = length
    this.used = used
    return length > 0
  }

  clear(): void {
    this.length = 0
    this.used = 0
  }

  #lengthen(): void {
    const size = this.starts.length * 2
    const longer = <A extends Int32Array | Float64Array>(to: A, from: A): A => {
      to.set(from)
      return to
    }
    this.starts = longer(new Int32Array(size), this.starts)
    this.ends = longer(new Int32Array(size), this.ends)
    this.ids = longer(new Float64Array(size), this.ids)
  }
}

/** Messages that have arrived and wait for `next()`, in segments of at most `segmentBytes` (one message may be larger). */
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
