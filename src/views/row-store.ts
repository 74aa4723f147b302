import type { LiveRow } from '../model/api.js'
import { compareKeys } from './compare-keys.js'
import type { Cursor } from './cursor.js'

/** One row of a view with what orders and replaces it. Never changed once stored, but for `gone`. */
export interface StoredRow {
  readonly key: string
  /** What the view is ordered by, ms since the epoch: the event time of windows (end − 1 ms), else the arrival. */
  readonly time: number
  /** The job's clock when it came. */
  readonly seen: number
  /** Arrival number within the view. */
  readonly arrival: number
  readonly values: LiveRow
  readonly final: boolean
  readonly revision: number
  /** What the row costs in memory, estimated. */
  readonly bytes: number
  /** It was replaced or dropped; the store has not tidied up yet. */
  gone: boolean
}

/** Rows of one time, those that are gone among them until they are the greater part or somebody reads. */
interface Bucket {
  rows: StoredRow[]
  live: number
  /** `rows` is in the order of reading and nothing in it is gone. */
  tidy: boolean
  bytes: number
}

/** The rows of one time as they were when somebody asked for them. */
interface Part {
  readonly bucket: Bucket
  rows: StoredRow[]
  readonly length: number
  /** `rows` is in the order of reading. */
  tidy: boolean
}

const byKey = (a: StoredRow, b: StoredRow): number => compareKeys(a.key, b.key)

/** The first index of `times` from `start` on whose value is `time` or more. */
function lowerBound(times: readonly number[], time: number, start: number): number {
  let low = start
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The newest row of each key, ordered by time and, within one time, by key (`order: 'key'`) or by arrival. Insertion
 * at the newest time, which is the common case, costs a map entry; reading a time for the first time since it changed
 * sorts it.
 */
export class RowStore {
  #order: 'key' | 'arrival'
  #byKey = new Map<string, StoredRow>()
  #buckets = new Map<number, Bucket>()
  /** Ascending from `#head` on; what is before was dropped. */
  #times: number[] = []
  #head = 0
  bytes = 0

  constructor(order: 'key' | 'arrival') {
    this.#order = order
  }

  get size(): number {
    return this.#byKey.size
  }

  /** The newest time of any row; −Infinity while there is none. */
  get newest(): number {
    return this.#times.length > this.#head ? this.#times[this.#times.length - 1]! : Number.NEGATIVE_INFINITY
  }

  get(key: string): StoredRow | undefined {
    return this.#byKey.get(key)
  }

  /** Inserts a row, or puts it in the place of the one with its key. */
  put(row: StoredRow): void {
    const old = this.#byKey.get(row.key)
    if (old) this.#remove(old)
    let bucket = this.#buckets.get(row.time)
    if (!bucket) {
      bucket = { rows: [], live: 0, tidy: true, bytes: 0 }
      this.#buckets.set(row.time, bucket)
      const at = lowerBound(this.#times, row.time, this.#head)
      if (at === this.#times.length) this.#times.push(row.time)
      else this.#times.splice(at, 0, row.time)
    }
    const before = bucket.rows.at(-1)
    if (this.#order === 'key' && before && compareKeys(before.key, row.key) > 0) bucket.tidy = false
    bucket.rows.push(row)
    bucket.live++
    bucket.bytes += row.bytes
    this.bytes += row.bytes
    this.#byKey.set(row.key, row)
  }

  delete(key: string): StoredRow | undefined {
    const row = this.#byKey.get(key)
    if (row) this.#remove(row)
    return row
  }

  /** Drops all rows before a time; tells how many. */
  dropBefore(time: number): number {
    let dropped = 0
    while (this.#head < this.#times.length && this.#times[this.#head]! < time) dropped += this.#dropOldest()
    return dropped
  }

  /**
   * Makes room: drops the oldest times whole, since half a window would be a wrong answer; the last time left gives its
   * first rows, down to 7/8 of the bound so that a full window is not sorted again for every row.
   */
  dropOver(bytes: number): number {
    let dropped = 0
    while (this.bytes > bytes && this.#times.length - this.#head > 1) dropped += this.#dropOldest()
    if (this.bytes <= bytes || this.size === 0) return dropped
    // A copy: removing tidies up now and then.
    for (const row of [...this.#sorted(this.#times[this.#head]!)]) {
      if (this.bytes <= (bytes / 8) * 7) break
      this.#remove(row)
      dropped++
    }
    return dropped
  }

  /**
   * The rows with `from ≤ time < to` behind the cursor, in order, as they are now: what happens later does not touch them,
   * however slowly they are read. Each time is put in order when it is reached, so that no answer begins with a long halt.
   */
  range(from: number, to: number, after: Cursor | undefined): Iterable<StoredRow> {
    const start = Math.max(from, after?.time ?? Number.NEGATIVE_INFINITY)
    const parts: Part[] = []
    for (let i = lowerBound(this.#times, start, this.#head); i < this.#times.length && this.#times[i]! < to; i++) {
      const bucket = this.#buckets.get(this.#times[i]!)!
      this.#compact(bucket)
      parts.push({ bucket, rows: bucket.rows, length: bucket.rows.length, tidy: bucket.tidy })
    }
    const read = (part: Part): readonly StoredRow[] => {
      if (!part.tidy) this.#tidy(part)
      return part.rows
    }
    const isBehind = (row: StoredRow): boolean => !after || row.time !== after.time || this.#isBehind(row, after)
    return {
      *[Symbol.iterator]() {
        for (const part of parts) {
          const rows = read(part)
          for (let i = 0; i < part.length; i++) if (isBehind(rows[i]!)) yield rows[i]!
        }
      },
    }
  }

  /** The last `count` rows, oldest first. */
  last(count: number): StoredRow[] {
    const parts: (readonly StoredRow[])[] = []
    let left = count
    for (let i = this.#times.length - 1; i >= this.#head && left > 0; i--) {
      const sorted = this.#sorted(this.#times[i]!)
      parts.push(sorted.length > left ? sorted.slice(sorted.length - left) : sorted)
      left -= sorted.length
    }
    return parts.reverse().flat()
  }

  clear(): void {
    this.#byKey.clear()
    this.#buckets.clear()
    this.#times = []
    this.#head = 0
    this.bytes = 0
  }

  #isBehind(row: StoredRow, { rank }: Cursor): boolean {
    return this.#order === 'key' ? compareKeys(row.key, String(rank)) > 0 : row.arrival > Number(rank)
  }

  #sorted(time: number): readonly StoredRow[] {
    const bucket = this.#buckets.get(time)!
    this.#compact(bucket)
    if (!bucket.tidy) bucket.rows = [...bucket.rows].sort(byKey)
    bucket.tidy = true
    return bucket.rows
  }

  /** Parts with rows that are gone. A list may be read by somebody: it only ever grows, or another takes its place. */
  #compact(bucket: Bucket): void {
    if (bucket.rows.length > bucket.live) bucket.rows = bucket.rows.filter(row => !row.gone)
    if (this.#order === 'arrival') bucket.tidy = true
  }

  /** Puts the rows of a part in order, and those of its time where they are still the same. */
  #tidy(part: Part): void {
    const { bucket, rows, length } = part
    part.rows = rows.slice(0, length).sort(byKey)
    part.tidy = true
    if (bucket.rows !== rows || rows.length !== length || bucket.live !== length) return
    bucket.rows = part.rows
    bucket.tidy = true
  }

  #remove(row: StoredRow): void {
    const bucket = this.#buckets.get(row.time)!
    this.#byKey.delete(row.key)
    row.gone = true
    bucket.tidy = false
    bucket.live--
    bucket.bytes -= row.bytes
    this.bytes -= row.bytes
    if (bucket.live === 0) {
      this.#buckets.delete(row.time)
      const at = lowerBound(this.#times, row.time, this.#head)
      if (at === this.#head) this.#advance()
      else this.#times.splice(at, 1)
    } else if (bucket.rows.length > 64 && bucket.rows.length > 2 * bucket.live) {
      bucket.rows = bucket.rows.filter(other => !other.gone)
    }
  }

  #dropOldest(): number {
    const time = this.#times[this.#head]!
    const bucket = this.#buckets.get(time)!
    for (const row of bucket.rows) if (!row.gone) this.#byKey.delete(row.key)
    this.#buckets.delete(time)
    this.bytes -= bucket.bytes
    this.#advance()
    return bucket.live
  }

  /** Past the oldest time; the front is cut off once it is the greater part, so that dropping costs no shifting. */
  #advance(): void {
    this.#head++
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head)
      this.#head = 0
    }
  }
}
