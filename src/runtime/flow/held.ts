/** Items in the order of the journal entries that caused them, until those entries are durable. */
export class Held<T> {
  #items: { readonly entry: number; readonly item: T }[] = []
  #head = 0

  /** Entries never fall. */
  add(entry: number, item: T): void {
    this.#items.push({ entry, item })
  }

  /** Takes out what entries up to `through` caused, in order. */
  take(through: number): readonly T[] {
    const from = this.#head
    while (this.#head < this.#items.length && this.#items[this.#head]!.entry <= through) this.#head++
    const taken = this.#items.slice(from, this.#head).map(({ item }) => item)
    // What was taken is let go soon: it may be large.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return taken
  }

  /** What still waits. */
  all(): readonly T[] {
    return this.#items.slice(this.#head).map(({ item }) => item)
  }

  /** The entry of the oldest item; +Infinity: none. */
  get oldestEntry(): number {
    return this.#items[this.#head]?.entry ?? Number.POSITIVE_INFINITY
  }
}
