import type { BoundAggregate } from '../aggregates/aggregate.js'
import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { KeyTable } from './key-table.js'
import type { Pane } from './pane.js'
import { PaneGrid } from './pane-grid.js'
import { PaneStore } from './pane-store.js'
import type { WindowPlan } from './window-plan.js'
import { type WindowContents, WindowReader } from './window-reader.js'

/** Takes what a window holds when it fires; `window` is its number in the grid. */
export type TakeWindow = (window: number, contents: WindowContents) => void

/**
 * The open windows of all keys. Windows fire in the order of their end when the watermark reaches their last instant,
 * `end − 1`, and are kept `allowedLateness` longer.
 */
export class KeyedWindows {
  readonly grid: PaneGrid
  readonly table: KeyTable
  readonly #allowedLateness: number
  readonly #panes: PaneStore
  readonly #reader: WindowReader
  readonly #track: boolean
  /** How often a key's window has fired behind the watermark, by window, then key. */
  readonly #revisions = new Map<number, Map<number, number>>()
  #watermark = Number.NEGATIVE_INFINITY

  /** `track`: remember which keys changed between early firings. */
  constructor(plan: WindowPlan, aggregates: readonly BoundAggregate[], table: KeyTable, allowedLateness: number, track: boolean) {
    this.grid = new PaneGrid(plan)
    this.table = table
    this.#allowedLateness = allowedLateness
    this.#panes = new PaneStore(aggregates, table)
    this.#reader = new WindowReader(aggregates)
    this.#track = track
  }

  get watermark(): number {
    return this.#watermark
  }

  /** No window of this pane takes rows any more. */
  expired(pane: number): boolean {
    return this.#gone(this.grid.lastWindow(pane))
  }

  /** The newest window of a time that takes no more rows, and for how many ms of event time it has taken none. */
  missed(time: number): { readonly start: number; readonly end: number; readonly by: number } {
    const window = this.grid.lastWindow(this.grid.paneOf(time))
    const end = this.grid.windowEnd(window)
    // A watermark says that all up to it has come: 1 ms behind it begins what may still come.
    return { start: this.grid.windowStart(window), end, by: this.#watermark + 1 - end - this.#allowedLateness }
  }

  /** Some window of this pane has fired and still takes rows. */
  revisable(pane: number): boolean {
    return this.#allowedLateness > 0 && this.#fired(this.grid.firstWindow(pane)) && !this.expired(pane)
  }

  add(pane: number, keys: Int32Array, from: number, to: number, inputs: readonly (Column | undefined)[], times: Float64Array): void {
    this.#panes.at(pane).add(this.table, keys, from, to, inputs, times, this.#track)
  }

  /** Fires one key in the windows of a pane that have fired before and still take rows; each firing counts as a revision. */
  revise(pane: number, key: number, take: (window: number, contents: WindowContents, revision: number) => void): void {
    for (let window = this.grid.firstWindow(pane); window <= this.grid.lastWindow(pane) && this.#fired(window); window++) {
      if (this.#gone(window)) continue
      let revisions = this.#revisions.get(window)
      if (!revisions) {
        revisions = new Map()
        this.#revisions.set(window, revisions)
      }
      const revision = (revisions.get(key) ?? 0) + 1
      revisions.set(key, revision)
      this.#reader.readKey(this.#panesOf(window), key, contents => take(window, contents, revision))
    }
  }

  /** Fires the open windows that got rows since the last call, with the keys that did. */
  fireChanged(take: TakeWindow): void {
    for (let window = this.#next(); window !== undefined; window = this.#next(window + 1)) {
      const at = window
      this.#reader.read(this.#panesOf(at), 'changed', contents => take(at, contents))
    }
    for (const pane of this.#panes.open) pane.changed.fill(0)
  }

  /** Fires all windows that end by then, and forgets those that take no more rows. */
  advance(watermark: number, take: TakeWindow): void {
    if (!(watermark > this.#watermark)) return
    let window = this.#next()
    while (window !== undefined && this.grid.windowEnd(window) - 1 <= watermark) {
      const at = window
      this.#reader.read(this.#panesOf(at), 'all', contents => take(at, contents))
      window = this.#next(at + 1)
    }
    this.#watermark = watermark
    let closed = 0
    while (closed < this.#panes.open.length && this.expired(this.#panes.open[closed]!.index)) closed++
    if (closed > 0) this.#panes.close(closed)
    for (const revised of this.#revisions.keys()) if (this.#gone(revised)) this.#revisions.delete(revised)
  }

  /** The last instant of the earliest window that has not fired; +Infinity if there is none. */
  pending(): number {
    const window = this.#next()
    return window === undefined ? Number.POSITIVE_INFINITY : this.grid.windowEnd(window) - 1
  }

  /** Keys that some pane holds. */
  liveKeys(): number {
    return this.table.live
  }

  /** A copy of typed memory, keys under their ids: its time is that of copying bytes, whatever the keys are. */
  snapshot(): State {
    const { size } = this.table
    return {
      watermark: this.#watermark,
      table: this.table.snapshot(),
      panes: this.#panes.open.map(pane => pane.snapshot(size, this.#track)),
      revisions: [...this.#revisions].map(([window, revisions]) => ({
        window,
        keys: Int32Array.from(revisions.keys()),
        counts: Int32Array.from(revisions.values()),
      })),
    }
  }

  /** Into windows that hold nothing. */
  restore(state: State): void {
    const saved = state as {
      watermark: number
      table: State
      panes: readonly { index: number }[]
      revisions: readonly { window: number; keys: Int32Array; counts: Int32Array }[]
    }
    this.table.restore(saved.table)
    this.#watermark = saved.watermark
    for (const pane of saved.panes) this.#panes.at(pane.index).restore(pane as State, this.table)
    for (const { window, keys, counts } of saved.revisions) {
      this.#revisions.set(window, new Map(Array.from(keys, (key, i) => [key, counts[i]!])))
    }
  }

  #fired(window: number): boolean {
    return this.grid.windowEnd(window) - 1 <= this.#watermark
  }

  #gone(window: number): boolean {
    return this.grid.windowEnd(window) - 1 + this.#allowedLateness <= this.#watermark
  }

  /** The earliest window from `from` on that has rows and has not fired. */
  #next(from = this.grid.firstWindowAfter(this.#watermark)): number | undefined {
    for (const { index } of this.#panes.open) {
      const window = Math.max(this.grid.firstWindow(index), from)
      if (window <= this.grid.lastWindow(index)) return window
    }
    return undefined
  }

  #panesOf(window: number): Pane[] {
    const { open } = this.#panes
    const first = this.grid.firstPane(window)
    const last = this.grid.lastPane(window)
    let from = 0
    let end = open.length
    while (from < end) {
      const middle = (from + end) >>> 1
      if (open[middle]!.index < first) from = middle + 1
      else end = middle
    }
    const panes: Pane[] = []
    for (; from < open.length && open[from]!.index <= last; from++) panes.push(open[from]!)
    return panes
  }
}
