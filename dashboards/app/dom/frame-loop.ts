import { FramePace } from './frame-pace.js'

/** Real ms between two turns under reduced motion. */
const calmPause = 1000

/**
 * The page's only animation-frame loop: at most ten turns a second, fewer where a frame costs much, so that many charts
 * are no burden; none while the tab is hidden. Under reduced motion once a second, so that nothing slides. What the reader
 * does is answered at once.
 */
export class FrameLoop {
  readonly #turn: (now: number) => void
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #dirty = true
  #last = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = false
  readonly #pace = new FramePace()
  #begun = 0
  readonly #painted = new MessageChannel()

  constructor(turn: (now: number) => void) {
    this.#turn = turn
    document.addEventListener('visibilitychange', () => this.mark())
    this.#painted.port2.onmessage = () => {
      this.#pace.spent(performance.now() - this.#begun)
    }
  }

  /**
   * Something changed and should be drawn soon.
   * @param forReader the reader did something and waits for the answer: draws with the next frame
   */
  mark(forReader = false): void {
    this.#dirty = true
    if (this.#asked || document.hidden) return
    // No frame is asked for before it is due: an idle frame costs nearly as much as a drawn one.
    const pause = forReader ? 0 : this.#last + this.#pause() - performance.now()
    if (pause <= 0) this.#ask()
    else this.#timer ??= setTimeout(() => this.#ask(), pause)
  }

  #pause(): number {
    return this.#calm.matches ? calmPause : this.#pace.pause
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
    this.#begun = performance.now()
    this.#turn(now)
    // A message of its own comes in once the frame is painted; charts draw in microtasks, so that the turn alone says little.
    this.#painted.port1.postMessage(undefined)
  }
}
