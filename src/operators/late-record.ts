import type { LateRow } from '../model/late-row.js'

/** The newest window that takes rows of some time, and how long it has been closed for good: ms from its end plus allowed lateness. */
export interface MissedWindow {
  readonly start: number
  readonly end: number
  readonly by: number
}

/** Late rows of one entry that are kept, at most: the newest. */
export const mostLateRows = 1_000

/** Late rows since the entry began, newest last; a flood of them costs no more than the newest ones. */
export class LateRecord {
  #rows: Omit<LateRow, 'job'>[] = []

  add(rows: readonly Omit<LateRow, 'job'>[]): void {
    this.#rows.push(...rows)
    if (this.#rows.length >= 2 * mostLateRows) this.#rows = this.#rows.slice(-mostLateRows)
  }

  take(): readonly Omit<LateRow, 'job'>[] {
    if (this.#rows.length === 0) return none
    const taken = this.#rows.slice(-mostLateRows)
    this.#rows = []
    return taken
  }
}

const none: readonly never[] = []
