import type { TimeSource } from '../model/seams.js'
import { IDLE_MS } from './protocol-limits.js'

/** The timers of a connection: the handshake's deadline, then the peer's silence and our heartbeats. */
export class Pulse {
  readonly #time: TimeSource
  #heard: number
  #cancelWatch: () => void = () => {}
  #cancelBeat: () => void = () => {}

  constructor(time: TimeSource) {
    this.#time = time
    this.#heard = time.monotonic()
  }

  /** Bytes have come. */
  hear(): void {
    this.#heard = this.#time.monotonic()
  }

  /** Calls back unless `watch` begins, or `stop`, within `ms`. */
  deadline(ms: number, late: () => void): void {
    this.#cancelWatch = this.#time.after(ms, late)
  }

  /** Calls back once when nothing was heard for a minute. */
  watch(silent: () => void): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#time.after(IDLE_MS / 2, () => {
      if (this.#time.monotonic() - this.#heard >= IDLE_MS) silent()
      else this.watch(silent)
    })
  }

  beat(everyMs: number, send: () => void): void {
    this.#cancelBeat = this.#time.after(everyMs, () => {
      send()
      this.beat(everyMs, send)
    })
  }

  stop(): void {
    this.#cancelWatch()
    this.#cancelBeat()
  }
}
