import type { ResultRow } from './compare-results.js'
import type { WindowCheck } from './demo-script.js'
import type { DueMessage } from './mote-replay.js'

/** Windows of one minute, as the job's view `climate` has them. */
const windowMs = 60_000
/** Windows remembered: a quarter of an hour of four motes, many times what a check asks for. */
const most = 1_000

/** How many readings were sent for each minute of each mote, in time and whole: what the job's windows must hold. */
export class MoteTally {
  readonly #sent = new Map<string, { readonly end: number; count: number }>()

  add({ fate, mote, at }: DueMessage): void {
    if (fate !== 'counted') return
    const end = Math.floor(at / windowMs) * windowMs + windowMs
    const name = `${mote} ${end}`
    const found = this.#sent.get(name)
    if (found) found.count++
    else this.#sent.set(name, { end, count: 1 })
    if (this.#sent.size > most) for (const oldest of this.#sent.keys()) return void this.#sent.delete(oldest)
  }

  /** Holds the view's closed windows that end after `since` against it; windows that are open still are not judged. */
  check(rows: readonly ResultRow[], since: number): WindowCheck {
    const closed = rows.filter(({ view }) => view === 'climate')
    const newest = closed.reduce((latest, { end }) => Math.max(latest, end), Number.NEGATIVE_INFINITY)
    const held = new Map(closed.map(({ values, end }) => [`${values['mote']} ${end}`, values['n']]))
    const judged = [...this.#sent].filter(([, { end }]) => end > since && end <= newest)
    return {
      windows: judged.length,
      readings: judged.reduce((sum, [, { count }]) => sum + count, 0),
      wrong: judged.filter(([name, { count }]) => held.get(name) !== count).length,
    }
  }
}
