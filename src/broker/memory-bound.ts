/** Below this part of its bytes a node that was full takes messages again, so that credit does not flutter. */
const REFILL_BELOW = 0.9
/** Credit was lent before the node was full; what comes by it must still fit. */
const OVERRUN = 1.25

/** Bounds what all queues of a node hold in memory together: above it no sender to a queue gets credit. */
export class MemoryBound {
  bytes = 0
  full = false
  /** Links that send to queues and topics. */
  senders = 0
  readonly #most: number
  readonly #onTurn: (full: boolean) => void
  /** Bytes of the largest message that found no room. */
  #wanted = 0

  /** @param onTurn Called when `full` turns. */
  constructor(most: number, onTurn: (full: boolean) => void) {
    this.#most = most
    this.#onTurn = onTurn
  }

  get free(): number {
    return Math.max(0, this.#most - this.bytes)
  }

  /**
   * Bytes that are free, if a message of so many fits; one that is larger than the bound fits where there is no other. Else
   * the node is full, and whoever asked hears when it is not any more.
   */
  freeFor(each: number): number {
    if (this.bytes > 0 && this.bytes + each > this.#most) {
      this.#wanted = Math.max(this.#wanted, each)
      if (!this.full) this.#turn(true)
    }
    return this.full ? 0 : this.#most - this.bytes
  }

  /** So far over its bytes that nothing more is taken, whatever credit was lent. */
  get overrun(): boolean {
    return this.bytes > this.#most * OVERRUN
  }

  add(bytes: number): void {
    this.bytes += bytes
  }

  remove(bytes: number): void {
    this.bytes -= bytes
    if (!this.full) return
    const fits = this.bytes <= this.#most * REFILL_BELOW && this.bytes + this.#wanted <= this.#most
    if (fits || this.bytes === 0) this.#turn(false)
  }

  #turn(full: boolean): void {
    this.full = full
    if (!full) this.#wanted = 0
    this.#onTurn(full)
  }
}
