import type { RandomSource } from '../../src/model/seams.js'

/** Growing pauses between attempts, with jitter so that a fleet does not return in step. */
export class Backoff {
  #attempts = 0
  readonly #random: RandomSource
  readonly #firstMs: number
  readonly #mostMs: number

  /** Pauses double from `firstMs` to `mostMs`; each is drawn from the upper half of its range. */
  constructor(random: RandomSource, firstMs: number, mostMs: number) {
    this.#random = random
    this.#firstMs = firstMs
    this.#mostMs = mostMs
  }

  next(): number {
    const whole = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#attempts++, 30))
    return Math.round(whole * (0.5 + this.#random.next() / 2))
  }

  reset(): void {
    this.#attempts = 0
  }
}
