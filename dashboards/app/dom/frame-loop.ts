/**
 * The page's only animation-frame loop: at most ten turns a second, none while the tab is hidden. Under reduced motion
 * once a second, so that nothing slides.
 */
export class FrameLoop {
  readonly #turn: (now: number) => void
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #dirty = true
  #last = Number.NEGATIVE_INFINITY
  #asked = false

  constructor(turn: (now: number) => void) {
    this.#turn = turn
    document.addEventListener('visibilitychange', () => this.mark())
  }

  /** Something changed and should be drawn soon. */
  mark(): void {
    this.#dirty = true
    if (this.#asked || document.hidden) return
    this.#asked = true
    // No frame is asked for before it is due: an idle frame costs nearly as much as a drawn one.
    const pause = this.#last + (this.#calm.matches ? 1000 : 100) - performance.now()
    if (pause > 0) setTimeout(() => requestAnimationFrame(this.#frame), pause)
    else requestAnimationFrame(this.#frame)
  }

  readonly #frame = (now: number): void => {
    this.#asked = false
    if (document.hidden || !this.#dirty) return
    this.#dirty = false
    this.#last = now
    this.#turn(now)
  }
}
