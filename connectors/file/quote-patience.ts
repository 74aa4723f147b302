import type { SourceFile } from './source-file.js'

/** Ms for which a quote may stay open at the end of a followed file. */
const graceMs = 1_000

/**
 * For how long whole lines wait for a quote to be closed, before the first of them is broken rather than on its way. All that waited
 * as long are judged at once: many open quotes do not take a second each.
 */
export class QuotePatience {
  #waiting: { readonly since: number; readonly size: number } | undefined
  /** What the file holds up to here has been there for long enough. */
  #settledTo = 0

  /** Asked at the end of what the file holds; `now` is in ms. */
  async isOver(file: SourceFile, now: number): Promise<boolean> {
    if (!file.isStuck) {
      this.#waiting = undefined
      return false
    }
    if (file.offset.at < this.#settledTo) return true
    this.#waiting ??= { since: now, size: await file.size() }
    if (now - this.#waiting.since < graceMs) return false
    this.#settledTo = this.#waiting.size
    return true
  }

  /** Records came. */
  moved(): void {
    this.#waiting = undefined
  }

  /** Another file is read. */
  begin(): void {
    this.#waiting = undefined
    this.#settledTo = 0
  }
}
