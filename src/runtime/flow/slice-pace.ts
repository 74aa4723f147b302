/** Real ms that a slice may take. */
const sliceMs = 4
/** Items of the first slice: nobody knows yet what one costs, and it may be 50 ms. */
const firstSize = 8
/** By how much a slice may be longer than the one before it. */
const growth = 4

/**
 * How many items to work on at once, so that the event loop is not kept for longer than some ms: as many as the last ones
 * say, and never more than there is proof for.
 */
export class SlicePace {
  readonly #most: number
  #size: number

  /** `most`: items of the longest slice; as many as may turn out dear at once. `first`: those of the first one. */
  constructor(most: number, first = firstSize) {
    this.#most = most
    this.#size = Math.min(first, most)
  }

  /** Items of the next slice, 1 or more. */
  get size(): number {
    return this.#size
  }

  /** The last slice had so many items and took so many real ms. */
  took(items: number, ms: number): void {
    if (items === 0) return
    const fitting = ms > 0 ? Math.floor((items * sliceMs) / ms) : this.#most
    this.#size = Math.max(1, Math.min(fitting, this.#size * growth, this.#most))
  }
}
