import type { BoundAggregate } from '../aggregates/aggregate.js'
import type { KeyTable } from './key-table.js'
import { Pane } from './pane.js'

/** The open panes by number, in order. Emptied panes are used again, so that a steady flow allocates nothing. */
export class PaneStore {
  /** Open panes, earliest first. */
  readonly open: Pane[] = []
  readonly #aggregates: readonly BoundAggregate[]
  readonly #table: KeyTable
  readonly #byIndex = new Map<number, Pane>()
  readonly #spare: Pane[] = []

  constructor(aggregates: readonly BoundAggregate[], table: KeyTable) {
    this.#aggregates = aggregates
    this.#table = table
  }

  get(index: number): Pane | undefined {
    return this.#byIndex.get(index)
  }

  /** The pane of a number, opened if it is not. */
  at(index: number): Pane {
    const known = this.#byIndex.get(index)
    if (known) return known
    const pane = this.#spare.pop() ?? new Pane(this.#aggregates)
    pane.index = index
    this.#byIndex.set(index, pane)
    let place = this.open.length
    while (place > 0 && this.open[place - 1]!.index > index) place--
    this.open.splice(place, 0, pane)
    return pane
  }

  /** Empties and closes the earliest panes, `count` of them. */
  close(count: number): void {
    for (const pane of this.open.splice(0, count)) {
      pane.clear(this.#table)
      this.#byIndex.delete(pane.index)
      this.#spare.push(pane)
    }
    // After a burst of old rows many panes were open; what a steady flow needs is about what is open now.
    const most = Math.max(2, 2 * this.open.length)
    if (this.#spare.length > most) this.#spare.length = most
  }
}
