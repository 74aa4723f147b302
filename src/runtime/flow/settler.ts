import type { SourceReader } from '../../connector/source.js'
import type { Fence } from '../../journal/fence.js'
import type { Journal } from '../../journal/journal.js'
import type { Reached } from '../../model/crash-point.js'
import type { TimeSource } from '../../model/seams.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import type { JobMemory } from '../status/job-memory.js'
import type { Outbox } from './outbox.js'
import { Settlement } from './settlement.js'

/** Real ms between two settlements under load: each costs a write to the socket; the first after a pause goes at once. */
const period = 2

export interface SettlerParts {
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  readonly memory: JobMemory
  readonly real: TimeSource
  readonly reached: Reached
  /** Undefined: a chunk is settled once its outputs are acknowledged and its dead letters kept. */
  readonly durable: { readonly journal: Journal; readonly fence: Fence } | undefined
  /** This process may not settle any more. */
  readonly failed: (error: unknown) => void
}

/** Settles chunks at their sources: when the journal holds them; without a journal, when every sink has acknowledged. */
export class Settler {
  readonly #parts: SettlerParts
  readonly #waiting = new Settlement()
  #settledAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #confirming = false

  constructor(parts: SettlerParts) {
    this.#parts = parts
  }

  add(entry: number, reader: SourceReader, receipt: number): void {
    this.#waiting.add(entry, reader, receipt)
  }

  /** Its reader was closed: its peer gives again what was not settled. */
  forget(reader: SourceReader): void {
    this.#waiting.forget(reader)
  }

  /** Entries below it are due. */
  get #due(): number {
    const { outbox, deadLetters, memory, durable } = this.#parts
    return durable ? durable.journal.durable + 1 : Math.min(outbox.oldestEntry, deadLetters.oldestEntry, memory.entry + 1)
  }

  /** Settles what is due, now or when the period is over. */
  soon(): void {
    if (this.#cancel || this.#waiting.oldestEntry >= this.#due) return
    const { real } = this.#parts
    const wait = this.#settledAt + period - real.monotonic()
    if (wait <= 0) this.#confirmed()
    else this.#cancel = real.after(wait, this.#confirmed)
  }

  /** The journal reached the disk, and the epoch was read just now: what is due is settled in the same turn. */
  durable(): void {
    if (!this.#confirming && this.#parts.real.monotonic() - this.#settledAt >= period) this.#settle()
  }

  /** Whoever stood still meanwhile may have been replaced, so the epoch is read again first. */
  readonly #confirmed = (): void => {
    const { durable, failed } = this.#parts
    this.stop()
    if (this.#confirming) return
    this.#confirming = true
    const confirmed = durable ? durable.fence.confirm() : Promise.resolve()
    confirmed.then(this.#settle).catch(failed)
  }

  readonly #settle = (): void => {
    const { real, reached } = this.#parts
    this.#confirming = false
    this.#settledAt = real.monotonic()
    const below = this.#due
    if (this.#waiting.oldestEntry >= below) return
    reached('before-settle')
    this.#waiting.settleBelow(below)
    reached('settled')
  }

  /** Settles what is due at the end of a run. A process that was replaced settles nothing: it comes again, under its id. */
  async last(): Promise<void> {
    this.stop()
    const mine = await this.#parts.durable?.fence.confirm().then(
      () => true,
      () => false,
    )
    if (mine !== false) this.#settle()
  }

  /** The readers are released: what was not settled comes again. */
  end(): void {
    this.stop()
    this.#waiting.clear()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
