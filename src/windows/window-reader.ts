import type { Accumulator, BoundAggregate } from '../aggregates/aggregate.js'
import type { Pane } from './pane.js'

/** What one window holds; valid until the reader is used again. */
export interface WindowContents {
  /** `count` keys, in the order of the panes and of the first row in each. */
  readonly keys: Int32Array
  readonly count: number
  /** Slots by key. */
  readonly accumulators: readonly Accumulator[]
}

/** Puts windows together from their panes, in pane order. A window of one pane is read where it lies. */
export class WindowReader {
  readonly #merged: readonly Accumulator[]
  #marks = new Uint8Array(0)
  #keys = new Int32Array(0)
  #part = new Int32Array(0)

  constructor(aggregates: readonly BoundAggregate[]) {
    this.#merged = aggregates.map(aggregate => aggregate.create())
  }

  /** All keys of the panes, or those changed since the last early firing. */
  read(panes: readonly Pane[], which: 'all' | 'changed', use: (contents: WindowContents) => void): void {
    const [only] = panes
    if (panes.length === 1 && which === 'all') {
      use({ keys: only!.keys, count: only!.count, accumulators: only!.accumulators })
      return
    }
    this.#grow(panes)
    let count = 0
    for (const pane of panes) {
      for (let i = 0; i < pane.count; i++) {
        const key = pane.keys[i]!
        if (this.#marks[key] === 1 || (which === 'changed' && pane.changed[key] === 0)) continue
        this.#marks[key] = 1
        this.#keys[count++] = key
      }
    }
    for (let i = 0; i < count; i++) this.#marks[this.#keys[i]!] = 0
    this.#use(panes, count, use)
  }

  /** One key alone. */
  readKey(panes: readonly Pane[], key: number, use: (contents: WindowContents) => void): void {
    this.#grow(panes)
    this.#keys[0] = key
    this.#use(panes, 1, use)
  }

  #use(panes: readonly Pane[], count: number, use: (contents: WindowContents) => void): void {
    if (count === 0) return
    const keys = this.#keys
    if (panes.length === 1) {
      use({ keys, count, accumulators: panes[0]!.accumulators })
      return
    }
    for (const pane of panes) {
      let present = 0
      for (let i = 0; i < count; i++) if (pane.seen[keys[i]!] === 1) this.#part[present++] = keys[i]!
      for (let a = 0; a < this.#merged.length; a++) this.#merged[a]!.merge(pane.accumulators[a]!, this.#part, present)
    }
    use({ keys, count, accumulators: this.#merged })
    for (const accumulator of this.#merged) accumulator.reset(keys, count)
  }

  #grow(panes: readonly Pane[]): void {
    let capacity = this.#marks.length
    for (const pane of panes) capacity = Math.max(capacity, pane.seen.length)
    // Keys of one pane may be ids that another pane has no room for yet.
    for (const pane of panes) pane.grow(capacity)
    if (capacity === this.#marks.length) return
    this.#marks = new Uint8Array(capacity)
    this.#keys = new Int32Array(capacity)
    this.#part = new Int32Array(capacity)
    for (const accumulator of this.#merged) accumulator.grow(capacity)
  }
}
