import { createDictionary, type StoredDictionary } from '../model/dictionary.js'
import type { State } from '../model/state.js'

/** Numbers by key of the windows that end at one time; keys are bytes, so that a million of them cost the heap nothing. */
interface Window {
  readonly keys: StoredDictionary
  /** By id of the key. */
  values: Float64Array
}

/**
 * What is remembered of rows of windows by their row key, for as long as their window may still speak. Grouped by the
 * end of the window, so that forgetting costs nothing while none has closed.
 */
export class WindowKeys {
  readonly #ends = new Map<number, Window>()

  /** The number remembered for a key, 0 if there is none. */
  get(end: number, key: string): number {
    const window = this.#ends.get(end)
    if (!window) return 0
    const id = window.keys.intern(key)
    return window.values[id] ?? 0
  }

  /** Remembers a number for a key; 0 forgets it. */
  set(end: number, key: string, value: number): void {
    let window = this.#ends.get(end)
    if (!window) {
      if (value === 0) return
      window = { keys: createDictionary(), values: new Float64Array(16) }
      this.#ends.set(end, window)
    }
    const id = window.keys.intern(key)
    if (id >= window.values.length) {
      const values = new Float64Array(Math.max(2 * window.values.length, id + 1))
      values.set(window.values)
      window.values = values
    }
    window.values[id] = value
  }

  /** Forgets windows of which nothing more comes: those that took rows up to `allowedLateness` ms behind their end. */
  forget(watermark: number, allowedLateness: number): void {
    for (const end of this.#ends.keys()) if (end - 1 + allowedLateness <= watermark) this.#ends.delete(end)
  }

  snapshot(): State {
    return [...this.#ends].map(([end, { keys, values }]) => ({ end, keys: keys.snapshot(), values: values.slice(0, keys.size) }))
  }

  restore(state: State): void {
    this.#ends.clear()
    for (const { end, keys, values } of state as unknown as { end: number; keys: State; values: Float64Array }[]) {
      const window = { keys: createDictionary(), values: new Float64Array(Math.max(16, values.length)) }
      window.keys.restore(keys)
      window.values.set(values)
      this.#ends.set(end, window)
    }
  }
}
