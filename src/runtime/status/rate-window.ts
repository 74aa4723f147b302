/** Real ms over which rates are averaged. */
const span = 5_000
/** Real ms between two samples. */
const period = 500

/** A growing number and how fast it grew over the last 5 s. */
export class RateWindow {
  #samples: { readonly at: number; readonly values: ReadonlyMap<string, number> }[] = []

  /** Takes what the counters say now; `at` is real monotonic ms. */
  sample(at: number, values: ReadonlyMap<string, number>): void {
    const last = this.#samples.at(-1)
    if (last && at - last.at < period) return
    this.#samples.push({ at, values })
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= span) this.#samples.shift()
  }

  /** Real ms that rates cover. */
  span(at: number): number {
    return at - (this.#samples[0]?.at ?? at)
  }

  /** Counters begin anew. */
  clear(): void {
    this.#samples = []
  }

  /** A second, from the oldest sample to `value` now. */
  rate(name: string, at: number, value: number): number {
    const first = this.#samples[0]
    if (!first || at - first.at < 1) return 0
    // A run that began anew counts from zero.
    return (Math.max(0, value - (first.values.get(name) ?? 0)) * 1000) / (at - first.at)
  }
}
