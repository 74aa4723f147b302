/** Values of one key, in the grid's slots: absent ones are NaN. */
export interface KeySeries {
  readonly key: string
  readonly label: string
  /** By column of the grid. */
  readonly columns: Float64Array[]
  /** 1 where the window is closed, 0 where it is still open or absent. */
  closed: Uint8Array
  /** Time of the newest slot that this key has. */
  lastTime: number
  /** The job's clock when the newest row came. */
  lastSeen: number
}

const FIRST = 128

/** Values that one grid may hold, over all keys and columns: 16 MB. */
const mostCells = 2_000_000
const leastSlots = 64

/**
 * Rows of a view on one time grid that all keys share: sliding typed arrays, so that any range is a contiguous piece.
 * When `limit` slots are held the oldest goes, earlier where many keys would make the whole too large; keys beyond
 * `maxKeys` are counted, not kept.
 */
export class WindowGrid {
  readonly #columnCount: number
  readonly #mostSlots: number
  readonly #maxKeys: number
  readonly #keys = new Map<string, KeySeries>()
  readonly #refused = new Set<string>()
  #times = new Float64Array(FIRST)
  #start = 0
  #length = 0
  /** Rises with every change. */
  version = 0

  constructor(columnCount: number, limit = 4096, maxKeys = 1024) {
    this.#columnCount = columnCount
    this.#mostSlots = limit
    this.#maxKeys = maxKeys
  }

  get length(): number {
    return this.#length
  }
  /** The next new time pushes the oldest out. */
  get isFull(): boolean {
    return this.#length >= this.#limit()
  }
  get keys(): ReadonlyMap<string, KeySeries> {
    return this.#keys
  }
  /** Keys that were seen and not kept. */
  get refusedKeys(): number {
    return this.#refused.size
  }

  time(slot: number): number {
    return this.#times[this.#start + slot]!
  }

  /** The times from a slot on: a view of the grid's own memory, true until the next row comes. */
  timesFrom(slot: number): Float64Array {
    return this.#times.subarray(this.#start + slot, this.#start + this.#length)
  }

  /** The values of a column from a slot on; like `timesFrom`. */
  valuesFrom(series: KeySeries, column: number, slot: number): Float64Array {
    return series.columns[column]!.subarray(this.#start + slot, this.#start + this.#length)
  }

  value(series: KeySeries, column: number, slot: number): number {
    return series.columns[column]![this.#start + slot]!
  }

  isClosed(series: KeySeries, slot: number): boolean {
    return series.closed[this.#start + slot] === 1
  }

  /** First slot at or after the time; `length` when there is none. */
  slotFrom(time: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Writes the row of one key at one time; an earlier one at this time is replaced. `NaN` in `values` is an absent value. */
  put(time: number, key: string, label: string, values: readonly number[], closed: boolean, seen: number): void {
    const series = this.#series(key, label)
    if (!series || !Number.isFinite(time)) return
    const slot = this.#slot(time)
    if (slot < 0) return
    const at = this.#start + slot
    for (let c = 0; c < this.#columnCount; c++) series.columns[c]![at] = values[c] ?? Number.NaN
    series.closed[at] = closed ? 1 : 0
    if (time > series.lastTime) series.lastTime = time
    if (seen > series.lastSeen) series.lastSeen = seen
    this.version++
  }

  /** Drops the row of one key at one time. */
  drop(time: number, key: string): void {
    const series = this.#keys.get(key)
    const slot = this.slotFrom(time)
    if (series && slot < this.#length && this.time(slot) === time) this.#clear(series, slot)
  }

  /** Drops the newest row of one key that holds just these values. */
  dropNewest(key: string, values: readonly number[]): void {
    const series = this.#keys.get(key)
    if (!series) return
    const holds = (slot: number): boolean => series.columns.every((column, c) => Object.is(column[this.#start + slot], values[c]))
    let slot = this.#length - 1
    while (slot >= 0 && !holds(slot)) slot--
    if (slot >= 0) this.#clear(series, slot)
  }

  #clear(series: KeySeries, slot: number): void {
    const time = this.time(slot)
    for (const column of series.columns) column[this.#start + slot] = Number.NaN
    series.closed[this.#start + slot] = 0
    if (series.lastTime === time) series.lastTime = this.#newestTime(series)
    this.version++
  }

  /** The same rows with times rounded down to whole steps: of each key and step the last one stays. */
  thinned(step: number): WindowGrid {
    const next = new WindowGrid(this.#columnCount, this.#mostSlots, this.#maxKeys)
    next.version = this.version + 1
    for (const series of this.#keys.values()) {
      // Known before the first row, so that the room for each is known.
      next.#series(series.key, series.label)
    }
    for (let slot = 0; slot < this.#length; slot++) {
      const time = Math.floor(this.time(slot) / step) * step
      for (const series of this.#keys.values()) {
        const values = series.columns.map(column => column[this.#start + slot]!)
        if (values.every(Number.isNaN)) continue
        next.put(time, series.key, series.label, values, this.isClosed(series, slot), series.lastSeen)
      }
    }
    for (const key of this.#refused) next.#refused.add(key)
    return next
  }

  #newestTime(series: KeySeries): number {
    for (let slot = this.#length - 1; slot >= 0; slot--) {
      for (const column of series.columns) if (!Number.isNaN(column[this.#start + slot]!)) return this.time(slot)
    }
    return Number.NEGATIVE_INFINITY
  }

  #series(key: string, label: string): KeySeries | undefined {
    const known = this.#keys.get(key)
    if (known) return known
    if (this.#keys.size >= this.#maxKeys) {
      if (this.#refused.size < 100_000) this.#refused.add(key)
      return undefined
    }
    const columns = Array.from({ length: this.#columnCount }, () => new Float64Array(this.#times.length).fill(Number.NaN))
    const series: KeySeries = {
      key,
      label,
      columns,
      closed: new Uint8Array(this.#times.length),
      lastTime: Number.NEGATIVE_INFINITY,
      lastSeen: Number.NEGATIVE_INFINITY,
    }
    this.#keys.set(key, series)
    const excess = this.#length - this.#limit()
    if (excess > 0) this.#forget(excess)
    return series
  }

  /** The slot of a time, made when new; −1 when it is older than a full grid keeps. */
  #slot(time: number): number {
    const found = this.slotFrom(time)
    if (found < this.#length && this.time(found) === time) return found
    if (this.#length >= this.#limit()) {
      if (found === 0) return -1
      this.#forget(1)
      return this.#insert(found - 1, time)
    }
    return this.#insert(found, time)
  }

  #limit(): number {
    const each = Math.floor(mostCells / Math.max(1, this.#keys.size * this.#columnCount))
    return Math.min(this.#mostSlots, Math.max(leastSlots, each))
  }

  #forget(slots: number): void {
    this.#start += slots
    this.#length -= slots
  }

  #insert(slot: number, time: number): number {
    if (this.#start + this.#length === this.#times.length) this.#makeRoom()
    const at = this.#start + slot
    const end = this.#start + this.#length
    // Mostly there is nothing behind a new time.
    const isLast = at === end
    if (!isLast) this.#times.copyWithin(at + 1, at, end)
    this.#times[at] = time
    for (const series of this.#keys.values()) {
      for (const column of series.columns) {
        if (!isLast) column.copyWithin(at + 1, at, end)
        column[at] = Number.NaN
      }
      if (!isLast) series.closed.copyWithin(at + 1, at, end)
      series.closed[at] = 0
    }
    this.#length++
    return slot
  }

  /** Moves the slots to the front: amortised constant per new slot, and without new memory once the grid is full. */
  #makeRoom(): void {
    const from = this.#start
    const to = from + this.#length
    this.#start = 0
    if (from >= this.#length && from > 0) {
      this.#times.copyWithin(0, from, to)
      for (const series of this.#keys.values()) {
        for (const column of series.columns) column.copyWithin(0, from, to)
        series.closed.copyWithin(0, from, to)
      }
      return
    }
    const size = Math.max(FIRST, this.#length * 2)
    const move = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(size)
      next.set(old.subarray(from, to))
      return next
    }
    this.#times = move(this.#times)
    for (const series of this.#keys.values()) {
      for (let c = 0; c < series.columns.length; c++) series.columns[c] = move(series.columns[c]!)
      const closed = new Uint8Array(size)
      closed.set(series.closed.subarray(from, to))
      series.closed = closed
    }
  }
}
