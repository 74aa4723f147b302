import { FRAME_AMQP } from './frames.js'

const SMALLEST = 1024
const LARGEST_KEPT = 256 * 1024

/** Encodes frames one after the other into one growing buffer, so that a turn of the loop costs one write. */
export class FrameWriter {
  private bytes = Buffer.allocUnsafe(SMALLEST)
  private hint = SMALLEST
  private frameStart = 0
  private listStart = 0
  private fields = 0
  length = 0

  /** The bytes written so far; the writer begins anew. */
  take(): Buffer {
    const out = this.bytes.subarray(0, this.length)
    this.hint = Math.min(LARGEST_KEPT, Math.max(SMALLEST, this.length * 2))
    this.bytes = Buffer.allocUnsafe(this.hint)
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
    this.frameStart = this.length
    this.bytes.writeUInt16BE(0x0200 + type, this.length + 4)
    this.bytes.writeUInt16BE(channel, this.length + 6)
    this.length += 8
  }

  end(): void {
    this.bytes.writeUInt32BE(this.length - this.frameStart, this.frameStart)
  }

  /** Opens a described list; `closeList` fills in its size and count. Lists do not nest: nested ones are `raw`. */
  openList(descriptor: number): void {
    this.reserve(12)
    const b = this.bytes
    b[this.length] = 0x00
    b[this.length + 1] = 0x53
    b[this.length + 2] = descriptor
    b[this.length + 3] = 0xd0
    this.listStart = this.length + 4
    this.length += 12
    this.fields = 0
  }

  closeList(): void {
    this.bytes.writeUInt32BE(this.length - this.listStart - 4, this.listStart)
    this.bytes.writeUInt32BE(this.fields, this.listStart + 4)
  }

  nil(): void {
    this.reserve(1)
    this.bytes[this.length++] = 0x40
    this.fields++
  }

  flag(value: boolean): void {
    this.reserve(1)
    this.bytes[this.length++] = value ? 0x41 : 0x42
    this.fields++
  }

  ubyte(value: number): void {
    this.reserve(2)
    this.bytes[this.length++] = 0x50
    this.bytes[this.length++] = value
    this.fields++
  }

  ushort(value: number): void {
    this.reserve(3)
    this.bytes[this.length] = 0x60
    this.bytes.writeUInt16BE(value, this.length + 1)
    this.length += 3
    this.fields++
  }

  uint(value: number): void {
    this.reserve(5)
    const b = this.bytes
    if (value === 0) b[this.length++] = 0x43
    else if (value < 256) {
      b[this.length++] = 0x52
      b[this.length++] = value
    } else {
      b[this.length] = 0x70
      b.writeUInt32BE(value, this.length + 1)
      this.length += 5
    }
    this.fields++
  }

  ulong(value: number): void {
    this.reserve(9)
    this.bytes[this.length] = 0x80
    this.bytes.writeBigUInt64BE(BigInt(value), this.length + 1)
    this.length += 9
    this.fields++
  }

  binary(value: Uint8Array): void {
    this.sized(value.length < 256 ? 0xa0 : 0xb0, value)
  }

  /** A four-byte delivery tag. */
  tag(value: number): void {
    this.reserve(6)
    this.bytes[this.length] = 0xa0
    this.bytes[this.length + 1] = 4
    this.bytes.writeUInt32BE(value, this.length + 2)
    this.length += 6
    this.fields++
  }

  string(value: string): void {
    const bytes = Buffer.from(value, 'utf8')
    this.sized(bytes.length < 256 ? 0xa1 : 0xb1, bytes)
  }

  symbol(value: string): void {
    const bytes = Buffer.from(value, 'latin1')
    this.sized(bytes.length < 256 ? 0xa3 : 0xb3, bytes)
  }

  /** An encoded value as a field. */
  raw(value: Uint8Array): void {
    this.payload(value)
    this.fields++
  }

  /** Bytes that follow the performative. */
  payload(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  private sized(code: number, value: Uint8Array): void {
    this.reserve(5 + value.length)
    this.bytes[this.length++] = code
    if (code < 0xb0) this.bytes[this.length++] = value.length
    else {
      this.bytes.writeUInt32BE(value.length, this.length)
      this.length += 4
    }
    this.bytes.set(value, this.length)
    this.length += value.length
    this.fields++
  }

  private reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
  }
}

/** One encoded value, for `raw` fields; built with a writer of its own. */
export const encodeValue = (write: (writer: FrameWriter) => void): Buffer => {
  const writer = new FrameWriter()
  write(writer)
  return writer.take()
}
