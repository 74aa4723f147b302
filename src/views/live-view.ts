import type { OutputBatch } from '../connector/sink.js'
import type { LiveRow, ViewColumn, ViewInfo } from '../model/api.js'
import { type Column, valueAt } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { ColumnInfo } from '../model/value-type.js'
import { cursorText, parseCursor } from './cursor.js'
import { NewestOfKeys } from './newest-of-keys.js'
import { rowBytes } from './row-bytes.js'
import { RowStore, type StoredRow } from './row-store.js'
import type { View, ViewChange, ViewQuery } from './view.js'

export interface LiveViewOptions {
  readonly id: string
  readonly job: string
  readonly schema: readonly ColumnInfo[]
  readonly windowed: boolean
  readonly keyColumns: readonly string[]
  readonly window?: { readonly size: number; readonly every: number }
  /** Ms of event time kept; null: bounded by bytes only. */
  readonly keep: number | null
  readonly maxBytes: number
  /** It shows what a sink was sent. */
  readonly ofSink?: boolean
}

/** A value as filters name it; null is named by none. */
const filterText = (value: LiveRow[number] | undefined): string | undefined =>
  typeof value === 'string' ? value : value === null || value === undefined ? undefined : String(value)

/** What is behind the key of a saved row: its place in time, when it came, and its arrival number; older snapshots lack the last or both. */
const isPlace = (values: LiveRow): boolean => values.length >= 1 && values.length <= 3 && values.every(value => typeof value === 'number')

/** The first rows that fit, and whether there are more. */
function firstOf(rows: Iterable<StoredRow>, fits: (row: StoredRow) => boolean, limit: number) {
  const first: StoredRow[] = []
  for (const row of rows) {
    if (!fits(row)) continue
    if (first.length === limit) return { rows: first, more: true as const }
    first.push(row)
  }
  return { rows: first, more: false as const }
}

/**
 * A view over rows in memory. Windows are ordered by window end and key, other rows by arrival. A row is replaced by a
 * later one of its key, except that a final row gives way only to the same or a higher revision; a removal drops it.
 * What falls out of `keep` or of the byte bound is gone without notice: it is forgotten, not withdrawn.
 */
export class LiveView implements View {
  readonly id: string
  readonly job: string
  #options: LiveViewOptions
  #columns: readonly ViewColumn[]
  #names: readonly string[]
  #end: number
  #final: number
  #revision: number
  #store: RowStore
  #newest: NewestOfKeys
  #watermark = Number.NEGATIVE_INFINITY
  #arrivals = 0
  #evicted = 0
  #listeners = new Set<(change: ViewChange) => void>()

  constructor(options: LiveViewOptions) {
    this.id = options.id
    this.job = options.job
    this.#options = options
    this.#columns = options.schema.map(column => ({ ...column, key: options.keyColumns.includes(column.name) }))
    this.#names = options.schema.map(column => column.name)
    this.#end = options.windowed ? this.#names.indexOf('window_end') : -1
    this.#final = options.windowed ? this.#names.indexOf('final') : -1
    this.#revision = options.windowed ? this.#names.indexOf('revision') : -1
    this.#store = new RowStore(this.#end < 0 ? 'arrival' : 'key')
    const places = options.keyColumns.map(name => this.#names.indexOf(name)).filter(place => place >= 0)
    this.#newest = new NewestOfKeys(places, row => this.#store.get(row.key) === row)
  }

  info(): ViewInfo {
    const { id, job, windowed, window, keep, ofSink } = this.#options
    return {
      id,
      job,
      columns: this.#columns,
      windowed,
      ...(ofSink && { sink: true as const }),
      ...(window && { window }),
      keep,
      rows: this.#store.size,
      bytes: this.#store.bytes,
      watermark: Number.isFinite(this.#watermark) ? this.#watermark : null,
      evicted: this.#evicted,
    }
  }

  apply(outputs: OutputBatch): void {
    const heard = this.#listeners.size > 0
    const rows = new Map<string, StoredRow>()
    const removed = new Map<string, StoredRow>()
    const columns = this.#names.map(name => outputs.columns[name])
    if (Number.isFinite(outputs.watermark) && outputs.watermark > this.#watermark) this.#watermark = outputs.watermark
    for (let i = 0; i < outputs.length; i++) {
      const key = outputs.keys[i]!
      if (outputs.removed?.[i]) {
        const old = this.#store.delete(key)
        if (!old || !heard) continue
        rows.delete(key)
        removed.set(key, old)
      } else if (this.#take(key, this.#values(columns, i), outputs.wall, outputs.wall) && heard) {
        removed.delete(key)
        rows.set(key, this.#store.get(key)!)
      }
    }
    this.#evict()
    if (rows.size + removed.size === 0) return
    this.#tell([...rows.values()], [...removed.values()])
  }

  query(query: ViewQuery): { readonly columns: readonly string[]; readonly rows: Iterable<LiveRow>; readonly next?: string } {
    const names = query.columns ?? this.#names
    const places = names.map(name => this.#place(name))
    const filters = Object.entries(query.keys ?? {}).map(([name, values]) => ({
      place: this.#place(name),
      values: new Set<string | undefined>(values),
    }))
    const after = query.after === undefined ? undefined : parseCursor(query.after, this.#end < 0 ? 'arrival' : 'key')
    const found = this.#store.range(query.from ?? Number.NEGATIVE_INFINITY, query.to ?? Number.POSITIVE_INFINITY, after)
    const fits = (row: StoredRow): boolean =>
      (!query.final || row.final) && filters.every(({ place, values }) => values.has(filterText(row.values[place])))
    const page = query.limit === undefined ? { rows: found, more: false as const } : firstOf(found, fits, query.limit)
    const whole = query.columns === undefined
    return {
      columns: names,
      rows: {
        *[Symbol.iterator]() {
          for (const row of page.rows) if (fits(row)) yield whole ? row.values : places.map(place => row.values[place]!)
        },
      },
      ...(page.more && { next: this.#cursor(page.rows.at(-1)!) }),
    }
  }

  latest(count: number): readonly LiveRow[] {
    return this.#store.last(count).map(row => row.values)
  }

  latestSeen(count: number): readonly number[] {
    return this.#store.last(count).map(row => row.seen)
  }

  quiet(count: number): { readonly rows: readonly LiveRow[]; readonly seen: readonly number[] } {
    const rows = this.#store.size > count ? this.#newest.besides(this.#store.last(count), count) : []
    return { rows: rows.map(row => row.values), seen: rows.map(row => row.seen) }
  }

  subscribe(listener: (change: ViewChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  snapshot(): readonly LiveRow[] {
    return this.#store.last(this.#store.size).map(row => [...row.values, row.key, row.time, row.seen, row.arrival])
  }

  restore(rows: readonly LiveRow[]): void {
    const width = this.#names.length
    const misfit = rows.find(row => typeof row[width] !== 'string' || !isPlace(row.slice(width + 1)))
    if (misfit) throw new MillraceError('MR518', `rows of view '${this.id}' were saved with other columns than ${this.#names.join(', ')}`)
    this.#store.clear()
    this.#newest.clear()
    for (const row of rows) {
      const time = row[width + 1] as number
      // Pages that began before the restart go on behind an arrival number.
      this.#arrivals = (row[width + 3] as number | undefined) ?? this.#arrivals
      this.#take(row[width] as string, row.slice(0, width), time, (row[width + 2] as number | undefined) ?? time)
    }
    this.#evict()
    const kept = this.#store.last(this.#listeners.size > 0 ? this.#store.size : 0)
    if (kept.length > 0) this.#tell(kept, [])
  }

  #tell(rows: readonly StoredRow[], removed: readonly StoredRow[]): void {
    const change: ViewChange = {
      rows: rows.map(row => row.values),
      removed: removed.map(row => row.values),
      keys: rows.map(row => row.key),
      removedKeys: removed.map(row => row.key),
      times: rows.map(row => row.time),
      seen: rows.map(row => row.seen),
      removedTimes: removed.map(row => row.time),
    }
    for (const listener of this.#listeners) listener(change)
  }

  #cursor(row: StoredRow): string {
    return cursorText({ time: row.time, rank: this.#end < 0 ? row.arrival : row.key })
  }

  #place(name: string): number {
    const place = this.#names.indexOf(name)
    if (place >= 0) return place
    const near = nearest(name.slice(0, 64), this.#names)
    throw new MillraceError('MR509', `view '${this.id}' has no column '${name.slice(0, 64)}'`, {
      hint: near ? `did you mean '${near}'?` : `the columns are ${this.#names.join(', ')}`,
    })
  }

  #values(columns: readonly (Column | undefined)[], row: number): LiveRow {
    const values = new Array<LiveRow[number]>(columns.length)
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]
      values[c] = column ? (valueAt(column, row) as LiveRow[number]) : null
    }
    return values
  }

  /** Takes a row in; false where what is stored is newer, or the row is older than what is kept. */
  #take(key: string, values: LiveRow, arrived: number, seen: number): boolean {
    const end = values[this.#end]
    const time = typeof end === 'number' ? end - 1 : arrived
    if (time < this.#horizon()) return false
    const final = values[this.#final] !== false
    const revision = Number(values[this.#revision] ?? 0)
    const old = this.#store.get(key)
    if (old?.final && (!final || revision < old.revision)) return false
    const bytes = rowBytes(key, values)
    const row: StoredRow = { key, time, seen, arrival: this.#arrivals++, values, final, revision, bytes, gone: false }
    this.#store.put(row)
    this.#newest.put(row)
    return true
  }

  #horizon(): number {
    const { keep } = this.#options
    return keep === null ? Number.NEGATIVE_INFINITY : Math.max(this.#watermark, this.#store.newest) - keep
  }

  #evict(): void {
    if (this.#options.keep !== null) this.#evicted += this.#store.dropBefore(this.#horizon())
    if (this.#store.bytes > this.#options.maxBytes) this.#evicted += this.#store.dropOver(this.#options.maxBytes)
  }
}
