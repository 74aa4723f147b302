import { MillraceError } from '../model/errors/millrace-error.js'

/** One row of a random case. */
export interface CaseRow {
  readonly key: string | null
  readonly part: number | null
  readonly value: number | null
  readonly time: number
}

/** One journal entry of a random case: rows of one origin, or a tick. */
export interface CaseEntry {
  readonly origin: number
  readonly idle: boolean
  /** Ms since the entry before, on the stream clock. */
  readonly wait: number
  readonly rows: readonly CaseRow[]
}

export interface CaseOptions {
  readonly size: number
  readonly every: number
  readonly offset: number
  readonly allowedLateness: number
  readonly outOfOrderness: number
  readonly early: number | undefined
}

/** key, part, n, sum, last, collected, start, end, final, revision */
export type CaseResult = readonly [
  string | null,
  number | null,
  number,
  number | null,
  number | null,
  number[],
  number,
  number,
  boolean,
  number,
]

interface Taken extends CaseRow {
  readonly arrival: number
  fresh: boolean
}

/** What must come out, computed row by row over plain arrays: no panes, no batches, no typed memory. */
export class AggregateOracle {
  readonly results: CaseResult[] = []
  readonly late: number[] = []
  private readonly options: CaseOptions
  private readonly rows: Taken[] = []
  private readonly origins = new Map<number, { watermark: number; idle: boolean }>()
  private readonly revisions = new Map<string, number>()
  private combined = Number.NEGATIVE_INFINITY
  private stream = 0
  private due = Number.POSITIVE_INFINITY

  constructor(options: CaseOptions) {
    this.options = options
  }

  entry(entry: CaseEntry): void {
    this.stream += entry.wait
    if (this.stream >= this.due) {
      this.due = Number.POSITIVE_INFINITY
      for (const start of this.starts()) {
        if (this.end(start) - 1 <= this.combined) continue
        this.fire(start, false, rows => rows.some(row => row.fresh))
      }
      for (const row of this.rows) row.fresh = false
    }
    const known = this.origins.get(entry.origin) ?? { watermark: Number.NEGATIVE_INFINITY, idle: entry.idle }
    this.origins.set(entry.origin, known)
    known.idle = entry.idle
    this.advance()
    for (const row of entry.rows) {
      this.row(row)
      known.watermark = Math.max(known.watermark, row.time - this.options.outOfOrderness - 1)
      this.advance()
    }
  }

  end(start: number): number {
    return start + this.options.size
  }

  finish(): void {
    for (const origin of this.origins.values()) origin.watermark = Number.POSITIVE_INFINITY
    this.advance()
  }

  private row(row: CaseRow): void {
    const { allowedLateness, early } = this.options
    const open = this.startsOf(row.time).filter(start => this.end(start) - 1 + allowedLateness > this.combined)
    if (open.length === 0) {
      this.late.push(row.time)
      return
    }
    const taken = { ...row, arrival: this.rows.length, fresh: true }
    this.rows.push(taken)
    for (const start of open) {
      if (this.end(start) - 1 > this.combined) continue
      const name = `${start}/${row.key}/${row.part}`
      const revision = (this.revisions.get(name) ?? 0) + 1
      this.revisions.set(name, revision)
      this.fire(start, true, rows => rows.includes(taken), revision)
    }
    if (early !== undefined && this.due === Number.POSITIVE_INFINITY) this.due = this.stream + early
  }

  private advance(): void {
    const all = [...this.origins.values()]
    const active = all.filter(origin => !origin.idle)
    const now = active.length > 0 ? Math.min(...active.map(one => one.watermark)) : Math.max(...all.map(one => one.watermark))
    if (now <= this.combined) return
    const before = this.combined
    this.combined = now
    for (const start of this.starts()) if (this.end(start) - 1 > before && this.end(start) - 1 <= now) this.fire(start, true)
  }

  private fire(start: number, final: boolean, wanted: (rows: Taken[]) => boolean = () => true, revision = 0): void {
    const groups = new Map<string, Taken[]>()
    for (const row of this.rows) {
      if (row.time < start || row.time >= this.end(start)) continue
      const name = `${row.key}/${row.key === null}/${row.part}`
      groups.set(name, [...(groups.get(name) ?? []), row])
    }
    for (const rows of groups.values()) {
      if (!wanted(rows)) continue
      const [one] = rows
      if (!one) throw new MillraceError('MR190', 'an empty group')
      const values = rows.filter(row => row.value !== null).sort((a, b) => a.time - b.time || a.arrival - b.arrival)
      const numbers = values.map(row => row.value as number)
      const sum = numbers.length > 0 ? numbers.reduce((a, b) => a + b) : null
      this.results.push([
        one.key,
        one.part,
        rows.length,
        sum,
        numbers.at(-1) ?? null,
        numbers.slice(0, 3),
        start,
        this.end(start),
        final,
        revision,
      ])
    }
  }

  /** Starts of the windows that contain a time, by trying all near it. */
  private startsOf(time: number): number[] {
    const { size, every, offset } = this.options
    const starts: number[] = []
    for (let k = Math.floor((time - size - offset) / every) - 1; k <= Math.ceil((time - offset) / every) + 1; k++) {
      const start = offset + k * every
      if (start <= time && time < start + size) starts.push(start)
    }
    return starts
  }

  private starts(): number[] {
    return [...new Set(this.rows.flatMap(row => this.startsOf(row.time)))].sort((a, b) => a - b)
  }
}
