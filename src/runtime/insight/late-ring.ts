import type { LateRow } from '../../model/late-row.js'
import { Held } from '../flow/held.js'

/** Late rows that are kept, at most … */
const mostRows = 1_000
/** … and the length of their JSON, at most. */
const mostBytes = 2 ** 20

/**
 * The newest late rows of a job, for people to see: from the moment at which their entries are durable, in memory only. How
 * many there were is counted by the operators, over restarts too.
 */
export class LateRing {
  readonly #job: string
  readonly #held = new Held<readonly Omit<LateRow, 'job'>[]>()
  #durable = Number.POSITIVE_INFINITY
  /** Oldest first. */
  #rows: { readonly row: LateRow; readonly bytes: number }[] = []
  #bytes = 0

  constructor(job: string) {
    this.#job = job
  }

  add(entry: number, rows: readonly Omit<LateRow, 'job'>[]): void {
    if (entry > this.#durable) this.#held.add(entry, rows)
    else this.#keep(rows)
  }

  /** The journal holds all entries up to this one. */
  release(durable: number): void {
    this.#durable = durable
    for (const rows of this.#held.take(durable)) this.#keep(rows)
  }

  /** A run broke: what was not durable comes again. */
  forgetHeld(): void {
    this.#held.take(Number.POSITIVE_INFINITY)
  }

  #keep(rows: readonly Omit<LateRow, 'job'>[]): void {
    for (const one of rows) {
      const row = { job: this.#job, ...one }
      const bytes = JSON.stringify(row).length
      this.#rows.push({ row, bytes })
      this.#bytes += bytes
    }
    let gone = 0
    while (this.#rows.length - gone > mostRows || (this.#bytes > mostBytes && this.#rows.length - gone > 1)) {
      this.#bytes -= this.#rows[gone++]!.bytes
    }
    if (gone > 0) this.#rows.splice(0, gone)
  }

  /** Newest first. */
  list(limit: number): readonly LateRow[] {
    return this.#rows
      .slice(-limit)
      .reverse()
      .map(({ row }) => row)
  }
}
