/**
 * Which parts of the page are within the window, or nearly: nothing else is drawn. One observer for all. On paper there is
 * no window: there everything can be seen.
 */
export class OnScreen {
  /** The page is drawn to be printed. */
  isPaper = false
  readonly #near = new Set<Element>()
  readonly #observer: IntersectionObserver

  /** @param mark called when a part comes near, so that it is drawn */
  constructor(mark: () => void) {
    this.#observer = new IntersectionObserver(
      entries => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#near.add(target)
          else this.#near.delete(target)
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
  }

  has(part: Element): boolean {
    return this.isPaper || this.#near.has(part)
  }
}
