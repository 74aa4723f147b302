import type { Socket } from 'node:net'
import { FrameWriter } from '../amqp/frame-writer.js'
import type { TimeSource } from '../model/seams.js'
import { OUTPUT_HIGH, OUTPUT_LIMIT } from './protocol-limits.js'

/** What an outlet asks of its connection. */
export interface OutletOwner {
  /** Last words before a write. */
  beforeWrite(): void
  /** Transfers that were held back may go on. */
  onRoom(): void
}

/** The output of a connection: one write per turn of the event loop, and bounds for a peer that reads slowly or not at all. */
export class Outlet {
  readonly out = new FrameWriter()
  readonly #socket: Socket
  readonly #time: TimeSource
  readonly #owner: OutletOwner
  #scheduled = false
  /** Somebody was told to wait for room. */
  #awaited = false
  #cancelRoom: () => void = () => {}

  constructor(socket: Socket, time: TimeSource, owner: OutletOwner) {
    this.#socket = socket
    this.#time = time
    this.#owner = owner
    socket.on('drain', () => {
      if (socket.isPaused()) socket.resume()
      this.#room()
    })
  }

  hasRoom(): boolean {
    if (this.out.length + this.#socket.writableLength < OUTPUT_HIGH) return true
    this.#awaited = true
    return false
  }

  /** Output waits for the end of this turn. */
  dirty(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.flush())
  }

  flush(): void {
    this.#scheduled = false
    this.#owner.beforeWrite()
    const socket = this.#socket
    if (this.out.length === 0 || socket.destroyed || !socket.writable) return
    const roomy = socket.write(this.out.written())
    // What the system took at once nobody reads any more. Memory for each write would make the collector walk the whole heap often.
    this.out.renew(socket.writableLength === 0)
    // Such a write is not followed by a `drain`.
    if (roomy) {
      if (this.#awaited) this.#cancelRoom = this.#time.after(0, () => this.#room())
    }
    // A peer that asks and does not read the answers is not heard until it does; in the end its silence closes it.
    else if (socket.writableLength > OUTPUT_LIMIT) socket.pause()
  }

  stop(): void {
    this.#cancelRoom()
    this.#awaited = false
  }

  #room(): void {
    this.#awaited = false
    this.#owner.onRoom()
  }
}
