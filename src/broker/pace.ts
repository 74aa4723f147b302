/** Credit that an address lends one sender at most, in messages … */
export const WINDOW = 1000
/** … and in bytes, as far as the sizes of its messages are known. */
export const WINDOW_BYTES = 2 * 2 ** 20
/** How much of the largest size is left, for the credit, with each smaller message that follows. */
const DECAY = 0.99

/**
 * How much credit the messages of one sender make of so many bytes. Credit counts messages and cannot be taken back, so it
 * begins small, goes by the largest of those that came lately, and grows with their number.
 */
export class Pace {
  readonly #first: number
  #each: number
  #seen = 0

  /** Before its first messages have told their size: so much credit, for messages of so many bytes. */
  constructor(credit = 16, bytes = 64 * 1024) {
    this.#first = credit
    this.#each = bytes
  }

  /** A message came, which costs so many bytes of memory. */
  arrived(bytes: number): void {
    this.#each = this.#seen === 0 ? bytes : Math.max(bytes, this.#each * DECAY)
    this.#seen++
  }

  /** Messages that so many bytes hold; one at least. */
  credit(bytes: number): number {
    return Math.max(1, Math.min(WINDOW, this.#first + 2 * this.#seen, Math.floor(bytes / this.#each)))
  }
}
