const firstWindow = 1_000
const widest = 16_384
const leastMessageBytes = 64
/** Taken for the size of messages before one was seen: the first grant is to be small where they are large. */
const unseenMessageBytes = 16 * 1024

/**
 * How much credit to give: never more messages than fit into the free buffer space, judged by the size of recent ones, and
 * never more than a window. Without a window in the options it starts at 1,000 and doubles while the job empties it faster
 * than it fills. Load is answered with less credit, never with a rejection.
 */
export class CreditPolicy {
  #window: number
  readonly #adaptive: boolean
  readonly #bufferBytes: number
  #meanBytes: number | undefined
  #stopped = false

  constructor(window: number | undefined, bufferBytes: number) {
    this.#window = window ?? firstWindow
    this.#adaptive = window === undefined
    this.#bufferBytes = bufferBytes
  }

  /** Learns from a chunk that was given out. */
  observe(messages: number, bytes: number): void {
    const mean = bytes / messages
    // Growing messages count at once, shrinking ones slowly: the error must lie on the safe side.
    const before = this.#meanBytes ?? mean
    this.#meanBytes = mean > before ? mean : before * 0.9 + mean * 0.1
    if (this.#adaptive && messages * 2 >= this.#window) this.#window = Math.min(widest, this.#window * 2)
  }

  /** Credit to add, given what is outstanding, and what waits in the buffers. Small amounts wait until they are worth a frame. */
  more(outstanding: number, waiting: number, bufferedBytes: number): number {
    if (this.#stopped) return 0
    const meanBytes = Math.max(leastMessageBytes, this.#meanBytes ?? unseenMessageBytes)
    const fits = Math.floor((this.#bufferBytes - bufferedBytes) / meanBytes)
    // An empty buffer always has room for one message, however large.
    const target = Math.min(this.#window - waiting, bufferedBytes === 0 ? Math.max(1, fits) : fits)
    const more = target - outstanding
    return more > 0 && (outstanding === 0 || more * 4 >= this.#window) ? more : 0
  }

  stop(): void {
    this.#stopped = true
  }
}
