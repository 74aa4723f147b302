import type { LiveRow, ViewInfo } from '../../../src/model/api.js'
import { keyWords } from '../text/key-words.js'
import { WindowGrid } from './window-grid.js'

/** Ms of rows without windows that a full grid should show. */
const leastSpan = 15 * 60_000
const mostKnown = 1024
/** Each a multiple of the one before, so that thinning twice is thinning once. */
const steps = [10, 20, 100, 200, 1000, 2000, 10_000, 20_000, 60_000]

/** One view as the page keeps it: its description, and its numbers on a time grid. */
export class ViewStore {
  readonly info: ViewInfo
  /** Names of the numeric columns, in the grid's order. */
  readonly numeric: readonly string[]
  /** Ms between two windows; undefined for rows without windows. */
  readonly every: number | undefined
  #grid: WindowGrid
  #step = 0
  #recalledTo = Number.NEGATIVE_INFINITY
  readonly #keyIndices: readonly number[]
  /** Keys of one column by its value, for most rows are of few keys. */
  readonly #known = new Map<LiveRow[number] | undefined, string>()
  /** Of the row at hand. */
  readonly #values: number[] = []
  readonly #numericIndices: readonly number[]
  readonly #startIndex: number
  readonly #endIndex: number
  readonly #finalIndex: number
  readonly #timeIndex: number

  constructor(info: ViewInfo) {
    this.info = info
    const at = (name: string): number => info.columns.findIndex(column => column.name === name)
    this.#startIndex = info.windowed ? at('window_start') : -1
    this.#endIndex = info.windowed ? at('window_end') : -1
    this.#finalIndex = info.windowed ? at('final') : -1
    this.#timeIndex = info.columns.findIndex(column => column.type === 'timestamp' && !column.key)
    this.#keyIndices = info.columns.flatMap((column, i) => (column.key && !isWindowColumn(column.name) ? [i] : []))
    this.#numericIndices = info.columns.flatMap((column, i) =>
      (column.type === 'number' || column.type === 'integer') && !column.key && column.name !== 'revision' ? [i] : [],
    )
    this.numeric = this.#numericIndices.map(i => info.columns[i]!.name)
    this.every = info.window?.every
    this.#grid = new WindowGrid(this.numeric.length)
  }

  /** Its numbers on a time grid; another one after it was thinned. */
  get grid(): WindowGrid {
    return this.#grid
  }

  /** Ms between two points of rows without windows, where there are too many to keep each; 0 while each is kept. */
  get step(): number {
    return this.#step
  }

  /** Time of the first point of the history: what was recalled lies before it. */
  get begin(): number {
    const slot = this.#grid.slotFrom(this.#recalledTo + 1)
    return this.#grid.time(slot < this.#grid.length ? slot : 0)
  }

  column(name: string): number {
    return this.numeric.indexOf(name)
  }

  unit(name: string): string | undefined {
    return this.info.columns.find(column => column.name === name)?.unit
  }

  /**
   * Takes in rows.
   *
   * @param seen when each came, on the job's clock: a page that is loaded anew must tell the same ages as one that saw them come
   */
  upsert(rows: readonly LiveRow[], seen: readonly number[]): void {
    for (const [r, row] of rows.entries()) {
      const came = seen[r] ?? Number.NaN
      const time = this.#time(row, came)
      const key = this.key(row)
      const label = this.#grid.keys.get(key)?.label ?? this.label(row)
      this.#read(row)
      const closed = this.#finalIndex < 0 || row[this.#finalIndex] !== false
      this.#grid.put(this.#place(time), key, label, this.#values, closed, came)
      if (this.every === undefined && this.#grid.isFull) this.#thin()
    }
  }

  /** Takes in what devices said last that have been silent since before the history: it is no part of that. */
  recall(rows: readonly LiveRow[], seen: readonly number[]): void {
    this.upsert(rows, seen)
    if (this.#grid.length > 0) this.#recalledTo = this.#grid.time(this.#grid.length - 1)
  }

  remove(rows: readonly LiveRow[]): void {
    for (const row of rows) {
      const time = this.#time(row, Number.NaN)
      const key = this.key(row)
      if (Number.isFinite(time)) this.#grid.drop(this.#place(time), key)
      else {
        // What is removed does not say when it came: the newest row of its key that says the same is as good.
        this.#read(row)
        this.#grid.dropNewest(key, this.#values)
      }
    }
  }

  /** The key values as one string that never confuses `1` and `"1"`. */
  key(row: LiveRow): string {
    const [only] = this.#keyIndices
    if (only === undefined || this.#keyIndices.length > 1) return JSON.stringify(this.#keyIndices.map(i => row[i]))
    const value = row[only]
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const key = JSON.stringify([value])
    if (this.#known.size < mostKnown) this.#known.set(value, key)
    return key
  }

  /** The key of these columns; undefined where the view is keyed by other ones, or by none. */
  keyOf(columns: Readonly<Record<string, unknown>>): string | undefined {
    const names = this.#keyIndices.map(i => this.info.columns[i]!.name)
    const isSame = names.length > 0 && names.length === Object.keys(columns).length && names.every(name => name in columns)
    return isSame ? JSON.stringify(names.map(name => columns[name])) : undefined
  }

  /** What the key is called: `mote 1` for numbers, the text itself for names. */
  label(row: LiveRow): string {
    if (this.#keyIndices.length === 0) return 'all'
    return this.#keyIndices.map(i => keyWords(this.info.columns[i]!.name, row[i])).join(' · ')
  }

  #read(row: LiveRow): void {
    for (const [c, i] of this.#numericIndices.entries()) this.#values[c] = toNumber(row[i])
  }

  #place(time: number): number {
    return this.#step === 0 ? time : Math.floor(time / this.#step) * this.#step
  }

  /** Rows that come each at a time of its own would fill the grid within moments: they share slots, so that minutes can be seen. */
  #thin(): void {
    const { length } = this.#grid
    const span = this.#grid.time(length - 1) - this.#grid.time(0)
    if (span >= leastSpan) return
    const step = steps.find(ms => ms > this.#step && span / ms <= length / 2)
    if (step === undefined) return
    this.#step = step
    this.#grid = this.#grid.thinned(step)
  }

  /** Rows of windows stand in the middle of their window's last step, so that the open window is the space around its point. */
  #time(row: LiveRow, came: number): number {
    if (this.#endIndex >= 0) {
      const end = toTime(row[this.#endIndex])
      const every = this.every ?? end - toTime(row[this.#startIndex])
      return end - every / 2
    }
    if (this.#timeIndex >= 0) return toTime(row[this.#timeIndex])
    return came
  }
}

const isWindowColumn = (name: string): boolean => name === 'window_start' || name === 'window_end'

const toNumber = (value: LiveRow[number] | undefined): number => (typeof value === 'number' ? value : Number.NaN)

/** Timestamps are ms here; a text is read as RFC 3339, so that a row copied from `rows.json` also works. */
const toTime = (value: LiveRow[number] | undefined): number => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}
