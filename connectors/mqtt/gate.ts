import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { keptBytes } from './cut-messages.js'
import { type FrameReceiver, FrameSplitter, packetType } from './frame-splitter.js'

/** What a source takes out of the stream before the client library sees it. */
export interface InboundTaker {
  /** CONNACK, as it passes. */
  connack(sessionPresent: boolean, code: number, gate: Gate): void
  /** A whole PUBLISH, on memory that is valid during the call; what is wrong with it, in words. */
  publish(bytes: Uint8Array, start: number, body: number, end: number): string | undefined
  pubrel(packetId: number): void
  /** The beginning of one that is too large, of so many bytes in all; what is wrong with it, in words. */
  tooLarge(bytes: Uint8Array, start: number, body: number, end: number, length: number): string | undefined
  /** False holds back what follows: the buffers are full. */
  wants(): boolean
}

/** First bytes of servers that people take for an MQTT broker by mistake. */
const otherWords: Readonly<Record<number, string>> = {
  21: 'it answers in TLS (mqtts://)',
  65: 'it answers in AMQP',
  72: 'it answers in HTTP',
}

/**
 * Stands between the client library and its socket. The library speaks CONNECT, SUBSCRIBE, PING and all else; PUBLISH and PUBREL
 * from the broker go to the source instead, straight from the socket's bytes: the library makes objects of every message, and
 * acknowledges what it has handed over, where we acknowledge what is durable.
 */
export class Gate extends Duplex implements FrameReceiver {
  /** Whether anything was read since this was last asked. */
  #heard = false
  #paused = false
  #over = false
  /** Bytes have come. */
  #greeted = false
  /** CONNACK has passed. */
  #admitted = false
  /** What ended the stream, where it was a fault. */
  fault: string | undefined
  readonly #socket: Socket
  readonly #taker: InboundTaker | undefined
  readonly #splitter: FrameSplitter

  constructor(socket: Socket, taker: InboundTaker | undefined, mostPublish: number) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#taker = taker
    this.#splitter = new FrameSplitter(this, mostPublish, keptBytes)
    socket.on('data', data => this.#data(data))
    socket.on('end', () => this.push(null))
    socket.on('error', error => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  /** Bytes read from the socket and not taken yet. */
  get held(): number {
    return this.#splitter.held
  }

  /** Whether reading stands still by our own wish: a silent peer is then no dead one. */
  get paused(): boolean {
    return this.#paused
  }

  /** Whether the peer was heard since the last call. */
  wasHeard(): boolean {
    const heard = this.#heard
    this.#heard = false
    return heard
  }

  /** Reads on where the taker wants more. */
  resumeReading(): void {
    if (!this.#paused || this.destroyed) return
    this.#paused = false
    this.#splitter.resume()
    if (!this.#paused) this.#socket.resume()
  }

  /** Takes nothing more from the peer, and reads what it sends to nowhere, so that closing resets no connection under what we have written. */
  ignore(): void {
    this.#over = true
    this.#paused = false
    this.#socket.resume()
  }

  wants(): boolean {
    if (this.destroyed) return false
    // Before its first word nothing else can come, and a source that is full of what it had may wait for that very word.
    return this.#over || !this.#admitted || (this.#taker?.wants() ?? true)
  }

  frame(bytes: Uint8Array, start: number, body: number, end: number): void {
    const taker = this.#taker
    const type = bytes[start]! >> 4
    if (taker && type === packetType.publish) {
      const fault = taker.publish(bytes, start, body, end)
      if (fault !== undefined) this.broken(fault)
    } else if (taker && type === packetType.pubrel && end - body >= 2) taker.pubrel((bytes[body]! << 8) | bytes[body + 1]!)
    else {
      if (type === packetType.connack) this.#admitted = true
      if (taker && type === packetType.connack && end - body >= 2) taker.connack((bytes[body]! & 1) === 1, bytes[body + 1]!, this)
      this.push(Buffer.from(bytes.subarray(start, end)))
    }
  }

  tooLarge(bytes: Uint8Array, start: number, body: number, end: number, length: number): void {
    const fault = this.#taker
      ? this.#taker.tooLarge(bytes, start, body, end, length)
      : `a PUBLISH of ${length} bytes, where nothing was subscribed to`
    if (fault !== undefined) this.broken(fault)
  }

  broken(why: string): void {
    this.fault = why
    this.destroy()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    // After our goodbye the broker closes: Artemis forgets what it has not looked at yet once it sees us close.
    if (this.#over) done()
    else this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #data(data: Uint8Array): void {
    this.#heard = true
    if (this.#over) return
    if (!this.#greeted && data.length > 0) {
      this.#greeted = true
      // [MQTT-3.2.0-1]: a CONNACK comes before any other packet. AUTH, which may precede it in MQTT 5, we never asked for.
      if (data[0]! >> 4 !== packetType.connack) this.broken(otherWords[data[0]!] ?? 'its first packet is no CONNACK')
    }
    if (!this.destroyed) this.#splitter.push(data)
    if (!this.destroyed && !this.wants()) {
      this.#paused = true
      this.#socket.pause()
    }
  }
}
