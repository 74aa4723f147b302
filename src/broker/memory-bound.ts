/** Below this part of its bytes a node that was full takes messages again, so that credit does not flutter. */
const REFILL_BELOW = 0.9
/** Credit was lent before the node was full; what comes by it must still fit. */
const OVERRUN = 1.25

/** Bounds what all queues of a node hold in memory together: above it no sender to a queue gets credit. */
export class MemoryBound {
  bytes = 0
  full = false
  readonly #most: number
  readonly #onTurn: (full: boolean) => void

  /** @param onTurn Called when `full` turns. */
  constructor(most: number, onTurn: (full: boolean) => void) {
    this.#most = most
    this.#onTurn = onTurn
  }

  /** Messages of so many bytes that still fit. Where none does the node is full, and whoever asked hears when it is not any more. */
  room(each: number): number {
    if (!this.full && this.bytes + each > this.#most) this.#turn(true)
    return this.full ? 0 : Math.floor((this.#most - this.bytes) / each)
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
    if (this.full && this.bytes <= this.#most * REFILL_BELOW) this.#turn(false)
  }

  #turn(full: boolean): void {
    this.full = full
    this.#onTurn(full)
  }
}
