import type { RandomSource } from './seams.js'

/**
 * Growing pauses between attempts, with jitter so that a fleet does not return in step.
 *
 * @example
 * const backoff = new Backoff({ ...context.random, next: () => 0 }, 100, 30_000)
 * backoff.next()
 * backoff.next() // 200
 */
export class Backoff {
  #attempts = 0
  readonly #random: RandomSource
  readonly #firstMs: number
  readonly #mostMs: number

  /** Pauses double from `firstMs` to `mostMs`; each is drawn from the upper half of its range, so it is at least half of it. */
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

  /** The peer answered: the next pause is a first one again. */
  reset(): void {
    this.#attempts = 0
  }
}
