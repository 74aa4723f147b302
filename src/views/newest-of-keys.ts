import type { LiveRow } from '../model/api.js'
import type { StoredRow } from './row-store.js'

/** Keys beyond those of the last sweep after which those are forgotten whose row is gone. */
const slack = 1024

/**
 * The newest row of each key of a view, whatever its window: what a device that fell silent said last. Where that row is
 * withdrawn the key is unknown until its next one. Costs a map entry a key, and as much again between two sweeps.
 */
export class NewestOfKeys {
  readonly #places: readonly number[]
  readonly #isKept: (row: StoredRow) => boolean
  readonly #rows = new Map<LiveRow[number], StoredRow>()
  #swept = 0

  /**
   * @param places of the key columns in a row's values
   * @param isKept whether the view still has a row
   */
  constructor(places: readonly number[], isKept: (row: StoredRow) => boolean) {
    this.#places = places
    this.#isKept = isKept
  }

  put(row: StoredRow): void {
    if (this.#places.length === 0) return
    const key = this.#places.length === 1 ? row.values[this.#places[0]!]! : JSON.stringify(this.#places.map(place => row.values[place]))
    const before = this.#rows.get(key)
    if (before && before.time > row.time && this.#isKept(before)) return
    this.#rows.set(key, row)
    if (this.#rows.size > this.#swept * 2 + slack) this.#sweep()
  }

  /** Those that are not among `shown`, oldest first; of more than `most` the newest. */
  besides(shown: readonly StoredRow[], most: number): readonly StoredRow[] {
    const known = new Set(shown)
    const rows = [...this.#rows.values()].filter(row => !known.has(row) && this.#isKept(row))
    return rows.sort((a, b) => a.time - b.time).slice(-most)
  }

  clear(): void {
    this.#rows.clear()
  }

  #sweep(): void {
    for (const [key, row] of this.#rows) if (!this.#isKept(row)) this.#rows.delete(key)
    this.#swept = this.#rows.size
  }
}
