import type { RandomSource } from './seams.js'

/** Growing pauses between attempts, with jitter so that a fleet does not return in step. */
export class Backoff {
  #attempts = 0
  readonly #random: RandomSource
  readonly #firstMs: number
  readonly #mostMs: number

  /** Pauses double from `firstMs` to `mostMs`; each is drawn from the upper half of its range. */
  constructor(random: RandomSource, firstMs = 200, mostMs = 30_000) {
    this.#random = random
    this.#firstMs = firstMs
    this.#mostMs = mostMs
  }

  /** Pauses given since the last `reset`. */
  get attempts(): number {
    return this.#attempts
  }

  /** The next pause, whole ms. */
  next(): number {
    const whole = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#attempts++, 30))
    return Math.round(whole * (1 - this.#random.next() / 2))
  }

  reset(): void {
    this.#attempts = 0
  }
}
