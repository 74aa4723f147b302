/** Real ms between two turns, at least and at most. */
const leastPause = 100
const mostPause = 1000
/** Share of the time that frames may take on the main thread, scripts, layout and painting: the rest of the browser takes about as much again. */
const frameShare = 0.04
/** How much the newest frame counts for the usual cost. */
const weight = 0.2

/**
 * How long to wait between two frames, in real ms: in proportion to what frames usually cost, so that they take their share
 * of the time and no more. One that took long, for which the page may not even be to blame, delays the next one a little.
 *
 * @example
 * const pace = new FramePace()
 * pace.spent(20)
 * pace.pause // 100: the usual cost is not known to be that much yet
 */
export class FramePace {
  /** Moving average of what a frame costs, in ms. */
  #usual = 0

  /** Ms until the next turn. */
  get pause(): number {
    return Math.min(mostPause, Math.max(leastPause, this.#usual / frameShare))
  }

  /** @param ms what a frame took, from the turn until all that it caused was painted */
  spent(ms: number): void {
    this.#usual += (ms - this.#usual) * weight
  }
}
