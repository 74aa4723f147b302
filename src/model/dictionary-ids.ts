import type { State } from './state.js'

/** Dense ids, the freed ones handed out again before new ones, the last freed first; from 0 again once all are free. */
export class DictionaryIds {
  /** Every id in use is below it. */
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
    if (this.live === 1) {
      this.size = 0
      this.freeCount = 0
      return
    }
    if (this.freeCount === this.free.length) {
      const free = new Int32Array(2 * this.freeCount)
      free.set(this.free)
      this.free = free
    }
    this.free[this.freeCount++] = id
  }

  /** A byte an id below `size`: 1 for those that are free. */
  freed(): Uint8Array {
    const freed = new Uint8Array(this.size)
    for (let i = 0; i < this.freeCount; i++) freed[this.free[i]!] = 1
    return freed
  }

  snapshot(): State {
    return { size: this.size, free: this.free.slice(0, this.freeCount) }
  }

  restore(state: State): void {
    const { size, free } = state as { size: number; free: Int32Array }
    this.size = size
    this.free = new Int32Array(Math.max(16, free.length))
    this.free.set(free)
    this.freeCount = free.length
  }
}
