import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { TimeSource } from '../model/seams.js'
import { type FrameLimits, type FrameSink, FrameSplitter, type FrameViolation, Performative } from './frames.js'
import { performativeFault } from './guard-performative.js'

export interface GuardLimits extends FrameLimits {
  /** Ms until the peer's open must have come; at most 10,000. */
  readonly handshakeMs: number
  /** Bytes that the peer may send before its open. */
  readonly handshakeBytes: number
}

/** Limits for a client: frames as large as it announces itself. */
export const guardLimits: GuardLimits = { maxFrameSize: 65_536, channelMax: 1023, handshakeMs: 10_000, handshakeBytes: 131_072 }

/**
 * Stands between a socket and rhea, on either side of a connection. rhea sees protocol headers and whole frames only,
 * each within the limits and with a performative whose counts, sizes and depth are sound; payloads of transfers pass
 * unread. After the first violation nothing more reaches rhea, `onViolation` is called once, and the socket is destroyed.
 *
 * A server that answers with another protocol is a violation `protocol-header`, told as soon as its first bytes differ.
 *
 * @example
 * const socket = guardSocket(connect(port, host, connected), guardLimits, time, violation => fail(violation.message))
 */
export const guardSocket = (
  socket: Socket,
  limits: GuardLimits,
  time: TimeSource,
  onViolation: (violation: FrameViolation) => void,
): Socket =>
  // rhea takes a socket for what it uses of one: events, `write`, `end`, `destroy`, `setNoDelay` and the addresses.
  new GuardedSocket(socket, limits, time, onViolation) as unknown as Socket

class GuardedSocket extends EventEmitter implements FrameSink {
  readonly #socket: Socket
  readonly #limits: GuardLimits
  readonly #splitter: FrameSplitter
  readonly #onViolation: (violation: FrameViolation) => void
  readonly #cancel: () => void
  readonly #uncork = (): void => this.#socket.uncork()
  #opened = false
  #dead = false
  #early = 0
  /** Adjacent frames of one chunk go on as one piece. */
  #run: Buffer | undefined
  #runStart = 0
  #runEnd = 0

  constructor(socket: Socket, limits: GuardLimits, time: TimeSource, onViolation: (violation: FrameViolation) => void) {
    super()
    this.#socket = socket
    this.#limits = limits
    this.#onViolation = onViolation
    this.#splitter = new FrameSplitter(limits, this)
    this.#cancel = time.after(Math.min(10_000, limits.handshakeMs), () =>
      this.violation({ fault: 'handshake-time', message: `no open within ${limits.handshakeMs / 1000} s` }),
    )
    socket.on('data', (chunk: Buffer) => this.#input(chunk))
    for (const name of ['end', 'drain', 'connect', 'secureConnect']) socket.on(name, () => this.emit(name))
    // rhea removes its listeners when it aborts; an error afterwards must not end the process.
    socket.on('error', error => this.listenerCount('error') > 0 && this.emit('error', error))
    socket.on('close', () => {
      this.#cancel()
      this.emit('close')
    })
  }

  get encrypted(): boolean {
    return 'encrypted' in this.#socket && this.#socket.encrypted === true
  }

  get authorized(): boolean {
    return 'authorized' in this.#socket && this.#socket.authorized === true
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress
  }

  get localPort(): number | undefined {
    return this.#socket.localPort
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort
  }

  get writableLength(): number {
    return this.#socket.writableLength
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  /** rhea writes frame by frame; what it writes in one go leaves in one system call. */
  write(bytes: Uint8Array): boolean {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(this.#uncork)
    }
    return this.#socket.write(bytes)
  }

  end(): this {
    this.#socket.end()
    return this
  }

  destroy(): this {
    this.#splitter.stop()
    this.#socket.destroy()
    return this
  }

  setNoDelay(on?: boolean): this {
    this.#socket.setNoDelay(on)
    return this
  }

  pause(): this {
    this.#socket.pause()
    return this
  }

  resume(): this {
    this.#socket.resume()
    return this
  }

  header(_protocolId: number, buffer: Buffer, start: number): void {
    // rhea reads nothing behind a SASL outcome in the same chunk.
    this.#flush()
    this.#pass(buffer, start, start + 8)
  }

  frame(buffer: Buffer, start: number, end: number): void {
    const body = start + buffer[start + 4]! * 4
    if (body < end) {
      const performative = performativeFault(buffer, body, end)
      if (typeof performative === 'string') {
        this.#stop({ fault: 'structure', message: performative })
        return
      }
      if (performative === Performative.open) {
        this.#opened = true
        this.#cancel()
      }
    }
    this.#pass(buffer, start, end)
  }

  violation(violation: FrameViolation): void {
    if (this.#dead) return
    this.#dead = true
    this.#cancel()
    this.#flush()
    this.#onViolation(violation)
    this.destroy()
  }

  #input(chunk: Buffer): void {
    if (this.#dead) return
    if (!this.#opened) {
      this.#early += chunk.length
      if (this.#early > this.#limits.handshakeBytes + chunk.length) {
        this.#stop({ fault: 'handshake-bytes', message: `over ${this.#limits.handshakeBytes} bytes before an open` })
        return
      }
    }
    this.#splitter.push(chunk)
    this.#flush()
  }

  #stop(violation: FrameViolation): void {
    this.#splitter.stop()
    this.violation(violation)
  }

  #pass(buffer: Buffer, start: number, end: number): void {
    if (this.#run === buffer && this.#runEnd === start) {
      this.#runEnd = end
      return
    }
    this.#flush()
    this.#run = buffer
    this.#runStart = start
    this.#runEnd = end
  }

  #flush(): void {
    const run = this.#run
    if (!run) return
    this.#run = undefined
    this.emit('data', run.subarray(this.#runStart, this.#runEnd))
  }
}
