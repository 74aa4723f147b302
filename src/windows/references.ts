/** Reference counts by id. */
export class References {
  #counts = new Int32Array(64)

  /** True if the id was held by nobody before. */
  retain(id: number): boolean {
    if (id >= this.#counts.length) {
      const counts = new Int32Array(Math.max(2 * this.#counts.length, id + 1))
      counts.set(this.#counts)
      this.#counts = counts
    }
    return this.#counts[id]!++ === 0
  }

  /** True if nobody holds the id any more. */
  release(id: number): boolean {
    return --this.#counts[id]! === 0
  }
}
