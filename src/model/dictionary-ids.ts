/** Dense ids, the freed ones handed out again before new ones, the last freed first. */
export class DictionaryIds {
  /** Every id ever given is below it. */
  size = 0
  private free = new Int32Array(16)
  private freeCount = 0

  get live(): number {
    return this.size - this.freeCount
  }

  take(): number {
    return this.freeCount > 0 ? this.free[--this.freeCount]! : this.size++
  }

  give(id: number): void {
    if (this.freeCount === this.free.length) {
      const free = new Int32Array(2 * this.freeCount)
      free.set(this.free)
      this.free = free
    }
    this.free[this.freeCount++] = id
  }
}
