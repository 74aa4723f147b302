/** Real ms after which the next part that cannot be seen is drawn. */
const turnMs = 500

/**
 * Which parts of the page are to be drawn: those within the window, or nearly, and of the others one each half second, in
 * turn. So none is ever old, neither to the reader who jumps there nor in a picture of the whole page, and a long page costs
 * little more than a short one. One observer for all. On paper there is no window: there everything can be seen.
 */
export class OnScreen {
  /** The page is drawn to be printed. */
  isPaper = false
  readonly #near = new Set<Element>()
  /** Out of sight; who had a turn goes to the end. */
  readonly #far = new Set<Element>()
  readonly #observer: IntersectionObserver
  #inTurn: Element | undefined
  #turn = -1

  /** @param mark called when a part comes near, so that it is drawn */
  constructor(mark: () => void) {
    this.#observer = new IntersectionObserver(
      entries => {
        for (const { target, isIntersecting } of entries) {
          const [to, from] = isIntersecting ? [this.#near, this.#far] : [this.#far, this.#near]
          from.delete(target)
          to.add(target)
        }
        mark()
      },
      { rootMargin: '120px' },
    )
  }

  watch(part: Element): void {
    this.#observer.observe(part)
  }

  forget(part: Element): void {
    this.#observer.unobserve(part)
    this.#near.delete(part)
    this.#far.delete(part)
  }

  /** A frame begins. */
  frame(now: number): void {
    const turn = Math.floor(now / turnMs)
    if (turn === this.#turn) return
    this.#turn = turn
    const [next] = this.#far
    this.#inTurn = next
    if (!next) return
    this.#far.delete(next)
    this.#far.add(next)
  }

  /** Can be seen, or soon. */
  has(part: Element): boolean {
    return this.isPaper || this.#near.has(part)
  }

  /** Is to be drawn in this frame, where it has changed. */
  isDue(part: Element): boolean {
    return this.has(part) || part === this.#inTurn
  }
}
