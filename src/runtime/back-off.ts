import type { RandomSource } from '../model/seams.js'

const firstPause = 200
const longestPause = 30_000

/** Growing pauses between attempts, in real ms: 0.2 s doubling to 30 s, each shortened by up to half at random so that many clients do not come at once. */
export class BackOff {
  readonly #random: RandomSource
  #attempts = 0

  constructor(random: RandomSource) {
    this.#random = random
  }

  get attempts(): number {
    return this.#attempts
  }

  /** The next pause. */
  next(): number {
    const pause = Math.min(firstPause * 2 ** this.#attempts++, longestPause)
    return pause * (1 - this.#random.next() / 2)
  }

  reset(): void {
    this.#attempts = 0
  }
}
