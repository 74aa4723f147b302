import { AmqpWriter } from './amqp-writer.js'
import { FRAME_AMQP } from './frames.js'

const SMALLEST = 1024
const ALWAYS_KEPT = 16 * 1024
const LARGEST_KEPT = 256 * 1024

/** Encodes frames one after the other into one growing buffer, so that a turn of the loop costs one write. */
export class FrameWriter extends AmqpWriter {
  #frameStart = 0

  /** The bytes written so far; good until something more is written. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  /** Begins anew, in the memory of what was written when that is nobody else's any more (`free`). */
  renew(free: boolean): void {
    // Memory of one large write is not kept for many small ones.
    const kept = free && this.bytes.length <= Math.max(ALWAYS_KEPT, this.length * 8) && this.bytes.length <= LARGEST_KEPT
    if (!kept) this.bytes = Buffer.allocUnsafe(Math.min(LARGEST_KEPT, Math.max(SMALLEST, this.length * 2)))
    this.length = 0
  }

  header(protocolId: number): void {
    this.reserve(8)
    this.bytes.write('AMQP', this.length, 'latin1')
    this.bytes.writeUInt32BE(protocolId * 0x1000000 + 0x10000, this.length + 4)
    this.length += 8
  }

  /** An empty frame, which keeps an idle connection open. */
  empty(): void {
    this.begin(FRAME_AMQP, 0)
    this.end()
  }

  begin(type: number, channel: number): void {
    this.reserve(8)
    this.#frameStart = this.length
    this.bytes.writeUInt16BE(0x0200 + type, this.length + 4)
    this.bytes.writeUInt16BE(channel, this.length + 6)
    this.length += 8
  }

  end(): void {
    this.bytes.writeUInt32BE(this.length - this.#frameStart, this.#frameStart)
  }
}
