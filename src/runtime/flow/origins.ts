/** Numbers for source partitions, stable over a snapshot: watermarks are kept by them. */
export class Origins {
  readonly #numbers = new Map<string, number>()
  readonly #bySource = new Map<string, number[]>()

  constructor(saved: Readonly<Record<string, number>> = {}) {
    for (const [key, origin] of Object.entries(saved)) {
      this.#numbers.set(key, origin)
      this.#list(key.slice(0, key.lastIndexOf('#'))).push(origin)
    }
  }

  of(source: string, partition: number): number {
    const key = `${source}#${partition}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    // Counting on from the highest: a number of a source that is gone is not given away again.
    const origin = Math.max(-1, ...this.#numbers.values()) + 1
    this.#numbers.set(key, origin)
    this.#list(source).push(origin)
    return origin
  }

  /** All partitions of a source that were seen. */
  ofSource(source: string): readonly number[] {
    return this.#list(source)
  }

  /** Sources of which partitions were seen. */
  sources(): readonly string[] {
    return [...this.#bySource.keys()]
  }

  state(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#numbers)
  }

  #list(source: string): number[] {
    let list = this.#bySource.get(source)
    if (!list) {
      list = []
      this.#bySource.set(source, list)
    }
    return list
  }
}
