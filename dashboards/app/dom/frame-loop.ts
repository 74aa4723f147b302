/**
 * The page's only animation-frame loop: at most ten turns a second, none while the tab is hidden. Under reduced motion
 * once a second, so that nothing slides. What the reader does is answered at once.
 */
export class FrameLoop {
  readonly #turn: (now: number) => void
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #dirty = true
  #last = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = false

  constructor(turn: (now: number) => void) {
    this.#turn = turn
    document.addEventListener('visibilitychange', () => this.mark())
  }

  /**
   * Something changed and should be drawn soon.
   * @param forReader the reader did something and waits for the answer: draws with the next frame
   */
  mark(forReader = false): void {
    this.#dirty = true
    if (this.#asked || document.hidden) return
    // No frame is asked for before it is due: an idle frame costs nearly as much as a drawn one.
    const pause = forReader ? 0 : this.#last + (this.#calm.matches ? 1000 : 100) - performance.now()
    if (pause <= 0) this.#ask()
    else this.#timer ??= setTimeout(() => this.#ask(), pause)
  }

  #ask(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#asked = true
    requestAnimationFrame(this.#frame)
  }

  readonly #frame = (now: number): void => {
    this.#asked = false
    if (document.hidden || !this.#dirty) return
    this.#dirty = false
    this.#last = now
    this.#turn(now)
  }
}
