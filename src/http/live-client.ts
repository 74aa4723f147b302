import type { ServerResponse } from 'node:http'
import type { TimeSource } from '../model/seams.js'
import type { RingFrame } from './live-ring.js'

/** Bytes that may wait for a live reader, beyond what it was sent on connecting, before it is dropped. */
export const liveBufferBytes = 1024 * 1024
/** Ms for which something may wait while the reader takes nothing. */
export const livePatienceMs = 30_000
/** Bytes that the connection is handed at once: whether a reader takes anything is seen in steps of so many. */
const pieceBytes = 64 * 1024

/** One live reader: an open response that frames are written to as fast as it takes them. Frames are shared, never copied. */
export class LiveClient {
  readonly views: ReadonlySet<string>
  /** What event ids begin with: the server's run and the set of views, since a place in another set means nothing here. */
  readonly prefix: string
  /** It may look and not act. */
  readonly readOnly: boolean
  #response: ServerResponse
  #time: TimeSource
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #allowance = liveBufferBytes
  #greeting: Buffer | undefined
  #stuckSince: number | undefined
  #closed = false

  constructor(response: ServerResponse, time: TimeSource, views: ReadonlySet<string>, prefix: string, readOnly: boolean) {
    this.#response = response
    this.#time = time
    this.views = views
    this.prefix = prefix
    this.readOnly = readOnly
    response.on('drain', () => {
      this.#stuckSince = undefined
      this.#pump()
    })
  }

  /** Bytes that it has not taken yet. */
  get waiting(): number {
    return this.#closed ? 0 : this.#waitingBytes + this.#response.writableLength
  }

  /** The snapshot that it has not taken whole yet. */
  get greeting(): Buffer | undefined {
    return this.#closed ? undefined : this.#greeting
  }

  /** Why it cannot be kept: it is too far behind, or took nothing for too long. */
  get fault(): string | undefined {
    if (this.waiting > this.#allowance) return `${this.waiting.toLocaleString('en')} bytes wait for it`
    const stuck = this.#stuckSince === undefined ? 0 : this.#time.monotonic() - this.#stuckSince
    return !this.#closed && stuck > livePatienceMs ? `it has taken nothing for ${Math.round(stuck / 1000)} s` : undefined
  }

  /** A snapshot to begin with, however long: it is bounded by itself. */
  greet(snapshot: Buffer): void {
    this.#allowance += snapshot.length
    this.#greeting = snapshot
    this.#put(snapshot)
    this.#pump()
  }

  /** What it missed, however much: the ring is bounded, and what waits here is the ring's own. */
  catchUp(missed: readonly RingFrame[]): void {
    for (const { frame, offset } of missed) {
      this.#allowance += frame.length
      this.send(frame, offset)
    }
  }

  /** A frame of the flow, with its place where it has one. */
  send(frame: Buffer, offset?: number): void {
    if (this.#closed) return
    if (offset !== undefined) this.#put(Buffer.from(`id: ${this.prefix}:${offset}\n`))
    this.#put(frame)
    this.#pump()
  }

  end(): void {
    this.#closed = true
    this.#waiting = []
    this.#response.end()
  }

  drop(): void {
    this.#closed = true
    this.#waiting = []
    this.#response.destroy()
  }

  #put(bytes: Buffer): void {
    this.#waitingBytes += bytes.length
    for (let at = 0; at < bytes.length; at += pieceBytes) this.#waiting.push(bytes.subarray(at, at + pieceBytes))
  }

  #pump(): void {
    const response = this.#response
    if (this.#closed || response.destroyed) return
    // Not corked: a response that is asks for a drain by its own measure, and from Node 22 on none may come by its socket's.
    while (this.#waiting.length > 0 && !response.writableNeedDrain) {
      const piece = this.#waiting.shift()!
      this.#waitingBytes -= piece.length
      response.write(piece)
    }
    if (response.writableNeedDrain) {
      this.#stuckSince ??= this.#time.monotonic()
      return
    }
    this.#allowance = liveBufferBytes
    this.#greeting = undefined
  }
}
