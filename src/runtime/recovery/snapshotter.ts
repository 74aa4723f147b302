import type { Journal, JournalTuning } from '../../journal/journal.js'
import type { SnapshotStore, SnapshotToSave } from '../../journal/snapshot-store.js'
import type { Reached } from '../../model/crash-point.js'
import type { Log, TimeSource } from '../../model/seams.js'
import type { IdSet } from '../identity/id-set.js'

/** Real ms between two attempts while snapshots cannot be written. */
const pauseAfterFailure = 10_000

export interface SnapshotterParts {
  readonly job: string
  readonly journal: Journal
  readonly store: SnapshotStore
  readonly ids: IdSet
  readonly tuning: JournalTuning
  readonly real: TimeSource
  readonly log: Log
  readonly reached: Reached
  /** Copies the job's state, at rest. */
  readonly capture: () => SnapshotToSave
  /** The last entry that a snapshot holds. */
  readonly entry: number
  /** What the last recovery had to repeat, and the next one would repeat with what follows; ms are real. */
  readonly replayed: { readonly entries: number; readonly ms: number }
}

/** Takes snapshots when a recovery would have too much to repeat, and lets the journal go that none needs any more. */
export class Snapshotter {
  /** Why the last snapshot was not written. */
  failing: string | undefined
  /** How long the graph stood still for the last one, real ms. */
  pauseMs = 0
  /** The entry of the last one that is on the disk. */
  entry: number
  readonly #parts: SnapshotterParts
  #cost: number
  #entries: number
  #bytes: number
  #takenAt: number
  #notBefore = Number.NEGATIVE_INFINITY
  #work: Promise<boolean> | undefined

  constructor(parts: SnapshotterParts) {
    this.#parts = parts
    this.entry = parts.entry
    this.#cost = parts.replayed.ms
    this.#entries = parts.replayed.entries
    this.#bytes = parts.journal.bytes
    this.#takenAt = parts.real.monotonic()
  }

  /** An entry went through the graph, for so many real ms; the graph is at rest. */
  rested(cost: number): void {
    this.#cost += cost
    this.#entries++
    if (this.#isDue() && !this.#work) void this.take()
  }

  #isDue(): boolean {
    const { tuning, journal, real } = this.#parts
    const now = real.monotonic()
    if (now < this.#notBefore) return false
    if (this.#cost >= tuning.snapshotCostMs || this.#entries >= tuning.snapshotEntries) return true
    // Retention can let only go what a snapshot covers.
    return journal.bytes - this.#bytes >= tuning.retentionBytes / 4 || now - this.#takenAt >= tuning.retentionMs / 4
  }

  /** Takes one now, at rest; false: it was not written, and the log says why. */
  async take(): Promise<boolean> {
    while (this.#work) await this.#work
    this.#work = this.#take()
    try {
      return await this.#work
    } finally {
      this.#work = undefined
    }
  }

  async #take(): Promise<boolean> {
    const { real, log, job } = this.#parts
    try {
      await this.takeOrThrow()
      this.failing = undefined
      return true
    } catch (error) {
      this.failing = error instanceof Error ? error.message : String(error)
      this.#notBefore = real.monotonic() + pauseAfterFailure
      log.warn(`no snapshot was taken: ${this.failing}`, { code: 'MR422', job })
      return false
    }
  }

  /** As `take`, but @throws MR422 or what ended the journal. */
  async takeOrThrow(): Promise<void> {
    const { journal, store, ids, real, capture, reached } = this.#parts
    const began = real.monotonic()
    const snapshot = capture()
    this.pauseMs = real.monotonic() - began
    this.#cost = 0
    this.#entries = 0
    this.#bytes = journal.bytes
    this.#takenAt = began
    reached('snapshot-captured')
    // Never ahead of the journal: what it holds must have been input for good.
    await journal.flush()
    await store.save(snapshot)
    ids.saved()
    this.entry = snapshot.entry
    await journal.retain(store.needed)
  }
}
