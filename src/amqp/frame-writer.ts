import { AmqpWriter } from './amqp-writer.js'
import { FRAME_AMQP } from './frames.js'

const SMALLEST = 1024
const LARGEST_KEPT = 256 * 1024

/** Encodes frames one after the other into one growing buffer, so that a turn of the loop costs one write. */
export class FrameWriter extends AmqpWriter {
  #frameStart = 0

  /** The bytes written so far, handed over; the writer begins anew with memory for as much again. */
  take(): Buffer {
    const out = this.bytes.subarray(0, this.length)
    this.bytes = Buffer.allocUnsafe(Math.min(LARGEST_KEPT, Math.max(SMALLEST, this.length * 2)))
    this.length = 0
    return out
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
