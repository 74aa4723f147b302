/** Frame types of AMQP 1.0 part 2 §2.3.1 and part 5 §5.3.1. */
export const FRAME_AMQP = 0
export const FRAME_SASL = 1

/** Descriptor codes of the performatives, part 2 §2.7 and part 5 §5.3.3. */
export const Performative = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  saslMechanisms: 0x40,
  saslInit: 0x41,
  saslChallenge: 0x42,
  saslResponse: 0x43,
  saslOutcome: 0x44,
} as const

/** What a peer did that the standard or our limits forbid. */
export type FrameFault =
  | 'protocol-header'
  | 'frame-size'
  | 'data-offset'
  | 'frame-type'
  | 'channel'
  | 'structure'
  | 'handshake-bytes'
  | 'handshake-time'

export interface FrameViolation {
  readonly fault: FrameFault
  /** One sentence for a log or an error. */
  readonly message: string
  /** For `protocol-header`: the first bytes that came instead. */
  readonly header?: Buffer
}

export interface FrameSink {
  /** A protocol header: 0 AMQP, 3 SASL. The eight bytes are `buffer[start, start + 8)`. */
  header(protocolId: number, buffer: Buffer, start: number): void
  /** One whole frame, `buffer[start, end)`, header included. The bytes stay valid: they are never reused. */
  frame(buffer: Buffer, start: number, end: number): void
  /** Reported once; nothing is parsed afterwards. */
  violation(violation: FrameViolation): void
}

export interface FrameLimits {
  /** Bytes of the largest frame taken; at least 512. */
  readonly maxFrameSize: number
  readonly channelMax: number
}

const MAGIC = Buffer.from('AMQP')
const MAGIC_WORD = MAGIC.readUInt32BE(0)

/**
 * Cuts a byte stream into protocol headers and whole frames, whatever the chunks. Sizes are judged from the first four
 * bytes, before anything is buffered, so at most one frame of memory is held.
 */
export class FrameSplitter {
  #phase: 'header' | 'sasl' | 'amqp' | 'dead' = 'header'
  #held = Buffer.alloc(0)
  #heldBytes = 0
  readonly #limits: FrameLimits
  readonly #sink: FrameSink

  constructor(limits: FrameLimits, sink: FrameSink) {
    this.#limits = limits
    this.#sink = sink
  }

  /** Bytes that wait for the rest of their frame. */
  get pendingBytes(): number {
    return this.#heldBytes
  }

  /** Nothing more is parsed. */
  stop(): void {
    this.#phase = 'dead'
    this.#heldBytes = 0
    this.#held = Buffer.alloc(0)
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && this.#phase !== 'dead') {
      if (this.#heldBytes > 0) {
        at = this.#fill(chunk, at)
        continue
      }
      const unit = this.#unitSize(chunk, at, chunk.length - at)
      if (unit < 0) return
      if (unit === 0 || unit > chunk.length - at) {
        this.#hold(chunk, at, chunk.length)
        return
      }
      this.#emit(chunk, at, at + unit)
      at += unit
    }
  }

  /** Bytes of the unit that starts here; 0 when more bytes are needed to tell, -1 after a violation. */
  #unitSize(buffer: Buffer, at: number, left: number): number {
    if (this.#phase === 'header') return this.#headerSize(buffer, at, left)
    if (left < 4) return 0
    const size = buffer.readUInt32BE(at)
    // In the SASL phase the next unit is a SASL frame or the header of the AMQP layer; as a size that word is over 1 GB.
    if (this.#phase === 'sasl' && size === MAGIC_WORD) return this.#headerSize(buffer, at, left)
    if (size < 8 || size > this.#limits.maxFrameSize) {
      return this.#fail({ fault: 'frame-size', message: `a frame of ${size} bytes; allowed are 8 to ${this.#limits.maxFrameSize}` })
    }
    if (left < 8) return 0
    const doff = buffer[at + 4]!
    if (doff < 2 || doff * 4 > size)
      return this.#fail({ fault: 'data-offset', message: `a frame of ${size} bytes with data offset ${doff}` })
    const type = buffer[at + 5]!
    const expected = this.#phase === 'sasl' ? FRAME_SASL : FRAME_AMQP
    if (type !== expected) return this.#fail({ fault: 'frame-type', message: `a frame of type ${type} where type ${expected} was due` })
    const channel = buffer.readUInt16BE(at + 6)
    if (type === FRAME_AMQP && channel > this.#limits.channelMax) {
      return this.#fail({ fault: 'channel', message: `a frame on channel ${channel}; the highest is ${this.#limits.channelMax}` })
    }
    return size
  }

  #headerSize(buffer: Buffer, at: number, left: number): number {
    const seen = Math.min(left, 8)
    const ok = (i: number, byte: number): boolean =>
      i < 4
        ? byte === MAGIC[i]
        : i === 4
          ? (byte === 0 || byte === 3) && (this.#phase === 'header' || byte === 0)
          : byte === (i === 5 ? 1 : 0)
    for (let i = 0; i < seen; i++) {
      if (ok(i, buffer[at + i]!)) continue
      const header = Buffer.from(buffer.subarray(at, at + Math.min(left, 64)))
      return this.#fail({
        fault: 'protocol-header',
        message: `the peer does not speak AMQP 1.0: it began with ${JSON.stringify(header.toString('latin1'))}`,
        header,
      })
    }
    return left < 8 ? 0 : 8
  }

  #emit(buffer: Buffer, start: number, end: number): void {
    if (this.#phase === 'header' || (this.#phase === 'sasl' && buffer.readUInt32BE(start) === MAGIC_WORD)) {
      const id = buffer[start + 4]!
      this.#phase = id === 3 ? 'sasl' : 'amqp'
      this.#sink.header(id, buffer, start)
    } else {
      this.#sink.frame(buffer, start, end)
    }
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const total = this.#heldBytes + to - from
    if (this.#held.length < total) {
      // Doubling, so that a peer pays for the memory it takes; a fresh buffer per frame, because readers keep slices.
      const grown = Buffer.allocUnsafeSlow(Math.max(64, total * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    chunk.copy(this.#held, this.#heldBytes, from, to)
    this.#heldBytes = total
  }

  /** Adds bytes to the unit begun in an earlier chunk; the result is where to read on. */
  #fill(chunk: Buffer, from: number): number {
    let at = from
    let unit = this.#unitSize(this.#held, 0, this.#heldBytes)
    while (unit === 0 && at < chunk.length) {
      this.#hold(chunk, at, at + 1)
      at++
      unit = this.#unitSize(this.#held, 0, this.#heldBytes)
    }
    if (unit <= 0) return unit < 0 ? chunk.length : at
    const take = Math.min(unit - this.#heldBytes, chunk.length - at)
    this.#hold(chunk, at, at + take)
    if (this.#heldBytes < unit) return at + take
    const whole = this.#held
    this.#held = Buffer.alloc(0)
    this.#heldBytes = 0
    this.#emit(whole, 0, unit)
    return at + take
  }

  #fail(violation: FrameViolation): number {
    this.stop()
    this.#sink.violation(violation)
    return -1
  }
}
