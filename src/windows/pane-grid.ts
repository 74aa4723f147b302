import type { WindowPlan } from './window-plan.js'

/**
 * Cuts time into panes, so that each window is a whole number of them and each row is added once. A hop is one pane, or
 * two where the size is no multiple of the hop (a cut at window starts and one at window ends). Windows and panes are
 * numbered; window k starts at `offset + k · every`.
 */
export class PaneGrid {
  readonly #size: number
  readonly #every: number
  readonly #offset: number
  /** Whole hops in a size, and what is left. */
  readonly #hops: number
  readonly #rest: number

  constructor({ size, every, offset }: WindowPlan) {
    this.#size = size
    this.#every = every
    this.#offset = offset
    this.#hops = Math.floor(size / every)
    this.#rest = size % every
  }

  paneOf(time: number): number {
    const t = time - this.#offset
    let hop = Math.floor(t / this.#every)
    // The quotient may round up to the next whole number.
    if (hop * this.#every > t) hop--
    if (this.#rest === 0) return hop
    return t - hop * this.#every < this.#rest ? 2 * hop : 2 * hop + 1
  }

  paneStart(pane: number): number {
    if (this.#rest === 0) return this.#offset + pane * this.#every
    const hop = Math.floor(pane / 2)
    return this.#offset + hop * this.#every + (pane === 2 * hop ? 0 : this.#rest)
  }

  paneEnd(pane: number): number {
    return this.paneStart(pane + 1)
  }

  windowStart(window: number): number {
    return this.#offset + window * this.#every
  }

  windowEnd(window: number): number {
    return this.#offset + window * this.#every + this.#size
  }

  firstPane(window: number): number {
    return this.#rest === 0 ? window : 2 * window
  }

  lastPane(window: number): number {
    return this.#rest === 0 ? window + this.#hops - 1 : 2 * (window + this.#hops)
  }

  /** The earliest window that contains a pane. */
  firstWindow(pane: number): number {
    if (this.#rest === 0) return pane - this.#hops + 1
    const hop = Math.floor(pane / 2)
    return pane === 2 * hop ? hop - this.#hops : hop - this.#hops + 1
  }

  /** The latest window that contains a pane. */
  lastWindow(pane: number): number {
    return this.#rest === 0 ? pane : Math.floor(pane / 2)
  }

  /** The earliest window whose last instant, `end − 1`, lies after a time; −Infinity and Infinity stay. */
  firstWindowAfter(time: number): number {
    if (!Number.isFinite(time)) return time
    // end − 1 > time  ⇔  window · every > time + 1 − size − offset
    return Math.floor((time + 1 - this.#size - this.#offset) / this.#every) + 1
  }
}
