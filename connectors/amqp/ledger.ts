import { presettled, type Segment } from '../../src/connector/segment.js'
import type { Outcome } from '../../src/connector/source.js'

/** One outcome for the deliveries `first … last` of a session (both included, serial numbers): one disposition frame. */
export interface Run {
  first: number
  last: number
  readonly outcome: Outcome
}

interface Entry {
  readonly receipt: number
  /** Delivery ids by index in the chunk. Where they are consecutive, only the first is kept. */
  readonly first: number
  readonly ids: Float64Array | undefined
  readonly length: number
  readonly owed: number
}

const accepted: Outcome = { outcome: 'accepted' }
const sameKind = (a: Outcome, b: Outcome): boolean => {
  if (a.outcome !== b.outcome || a.outcome === 'rejected') return false
  if (a.outcome !== 'modified' || b.outcome !== 'modified') return true
  return a.deliveryFailed === b.deliveryFailed && a.undeliverableHere === b.undeliverableHere
}

/** Appends to the last run where the outcome is the same; ids between two of a run are owed nothing, so the range may cover them. */
function extend(runs: Run[], first: number, last: number, outcome: Outcome): void {
  const run = runs.at(-1)
  if (run && sameKind(run.outcome, outcome)) run.last = last
  else runs.push({ first, last, outcome })
}

/**
 * Which deliveries each chunk holds, until they are settled. Costs a few numbers a chunk, not a message. When a link is
 * lost its deliveries are no longer ours to settle, and everything is forgotten: the peer sends them again.
 */
export class Ledger {
  /** Deliveries given out and not settled. */
  unsettled = 0
  #entries: Entry[] = []

  add(receipt: number, segment: Segment): void {
    const { length, ids } = segment
    const first = ids[0]!
    let owed = 0
    let regular = first !== presettled
    for (let i = 0; i < length; i++) {
      if (ids[i] !== presettled) owed++
      if (ids[i] !== (first + i) >>> 0) regular = false
    }
    if (owed === 0) return
    this.#entries.push({ receipt, first, ids: regular ? undefined : ids.slice(0, length), length, owed })
    this.unsettled += owed
  }

  /** Removes everything up to the receipt and says what to tell the peer: accepted, but for the exceptions. */
  settle(
    through: number,
    exceptions: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[] = [],
  ): Run[] {
    const runs: Run[] = []
    let done = 0
    for (const entry of this.#entries) {
      if (entry.receipt > through) break
      done++
      this.unsettled -= entry.owed
      const own = exceptions.filter(e => e.receipt === entry.receipt)
      if (own.length === 0 && !entry.ids) extend(runs, entry.first, (entry.first + entry.length - 1) >>> 0, accepted)
      else this.#eachMessage(entry, new Map(own.map(e => [e.index, e.outcome])), runs)
    }
    this.#entries.splice(0, done)
    return runs
  }

  /** Removes everything, as released. */
  release(): Run[] {
    const runs: Run[] = []
    const released: Outcome = { outcome: 'released' }
    for (const { first, ids, length } of this.#entries)
      for (let i = 0; i < length; i++) {
        const id = ids ? ids[i]! : (first + i) >>> 0
        if (id !== presettled) extend(runs, id, id, released)
      }
    this.forget()
    return runs
  }

  forget(): void {
    this.#entries = []
    this.unsettled = 0
  }

  #eachMessage(entry: Entry, outcomes: ReadonlyMap<number, Outcome>, runs: Run[]): void {
    for (let i = 0; i < entry.length; i++) {
      const id = entry.ids ? entry.ids[i]! : (entry.first + i) >>> 0
      if (id !== presettled) extend(runs, id, id, outcomes.get(i) ?? accepted)
    }
  }
}
