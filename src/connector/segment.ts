import type { Chunk } from '../model/chunk.js'

/**
 * Marks a message that its sender settled before it arrived: nothing is owed for it.
 *
 * @example
 * new SegmentQueue(65_536).append(Uint8Array.of(0x31), presettled)
 */
export const presettled = -1

/** One buffer of messages on their way to a chunk, with each message's delivery id. */
export class Segment {
  length = 0
  used = 0
  /** Messages appended that their sender had settled. */
  presettled = 0
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
    if (id === presettled) this.presettled++
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
    const chunk = { encoding, partition: 0, bytes: this.bytes.subarray(0, this.used), starts, ends, length, receipt }
    return this.presettled > 0 ? { ...chunk, presettled: this.presettled } : chunk
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
    this.presettled = 0
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
