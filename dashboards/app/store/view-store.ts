import type { LiveRow, ViewInfo } from '../../../src/model/api.js'
import { WindowGrid } from './window-grid.js'

/** One view as the page keeps it: its description, and its numbers on a time grid. */
export class ViewStore {
  readonly info: ViewInfo
  /** Names of the numeric columns, in the grid's order. */
  readonly numeric: readonly string[]
  readonly grid: WindowGrid
  /** Ms between two windows; undefined for rows without windows. */
  readonly every: number | undefined
  readonly #keyIndices: readonly number[]
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
    this.grid = new WindowGrid(this.numeric.length)
  }

  column(name: string): number {
    return this.numeric.indexOf(name)
  }

  unit(name: string): string | undefined {
    return this.info.columns.find(column => column.name === name)?.unit
  }

  /** Takes in rows; `now` is the job's clock, or undefined for a snapshot, whose rows are as old as their windows. */
  upsert(rows: readonly LiveRow[], now: number | undefined): void {
    for (const row of rows) {
      const time = this.#time(row, now)
      const values = this.#numericIndices.map(i => toNumber(row[i]))
      const closed = this.#finalIndex < 0 || row[this.#finalIndex] !== false
      const seen = this.#seen(row, time, now)
      this.grid.put(time, this.key(row), this.label(row), values, closed, seen)
    }
  }

  remove(rows: readonly LiveRow[]): void {
    for (const row of rows) {
      const time = this.#time(row, undefined)
      this.grid.drop(time, this.key(row))
    }
  }

  /** The key values as one string that never confuses `1` and `"1"`. */
  key(row: LiveRow): string {
    return JSON.stringify(this.#keyIndices.map(i => row[i]))
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
    return this.#keyIndices
      .map(i => {
        const value = row[i]
        const name = this.info.columns[i]!.name
        return typeof value === 'string' && value !== '' ? value : `${name} ${value === null ? '(none)' : String(value)}`
      })
      .join(' · ')
  }

  /** Rows of windows stand in the middle of their window's last step, so that the open window is the space around its point. */
  #time(row: LiveRow, now: number | undefined): number {
    if (this.#endIndex >= 0) {
      const end = toTime(row[this.#endIndex])
      const every = this.every ?? end - toTime(row[this.#startIndex])
      return end - every / 2
    }
    if (this.#timeIndex >= 0) return toTime(row[this.#timeIndex])
    return now ?? Number.NaN
  }

  #seen(row: LiveRow, time: number, now: number | undefined): number {
    if (now !== undefined) return now
    return this.#endIndex >= 0 ? toTime(row[this.#endIndex]) : time
  }
}

const isWindowColumn = (name: string): boolean => name === 'window_start' || name === 'window_end'

const toNumber = (value: LiveRow[number] | undefined): number => (typeof value === 'number' ? value : Number.NaN)

/** Timestamps are ms here; a text is read as RFC 3339, so that a row copied from `rows.json` also works. */
const toTime = (value: LiveRow[number] | undefined): number => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}
