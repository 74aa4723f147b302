import type { State } from '../model/state.js'

/**
 * What is remembered of rows of windows by their row key, for as long as their window may still speak. Grouped by the
 * end of the window, so that forgetting costs nothing while none has closed.
 */
export class WindowKeys {
  readonly #ends = new Map<number, Map<string, number>>()

  /** The number remembered for a key, 0 if there is none. */
  get(end: number, key: string): number {
    return this.#ends.get(end)?.get(key) ?? 0
  }

  /** Remembers a number for a key; 0 forgets it. */
  set(end: number, key: string, value: number): void {
    let keys = this.#ends.get(end)
    if (value === 0) {
      keys?.delete(key)
      return
    }
    if (!keys) {
      keys = new Map()
      this.#ends.set(end, keys)
    }
    keys.set(key, value)
  }

  /** Forgets windows of which nothing more comes: those that took rows up to `allowedLateness` ms behind their end. */
  forget(watermark: number, allowedLateness: number): void {
    for (const end of this.#ends.keys()) if (end - 1 + allowedLateness <= watermark) this.#ends.delete(end)
  }

  snapshot(): State {
    return [...this.#ends].map(([end, keys]) => ({ end, keys: [...keys.keys()], values: [...keys.values()] }))
  }

  restore(state: State): void {
    this.#ends.clear()
    for (const { end, keys, values } of state as unknown as { end: number; keys: string[]; values: number[] }[]) {
      this.#ends.set(end, new Map(keys.map((key, i) => [key, values[i]!])))
    }
  }
}
