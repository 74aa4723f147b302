import type { Batch } from '../model/batch.js'
import type { ErrorCode } from '../model/errors/catalogue.js'
import type { State } from '../model/state.js'
import type { MissedWindow } from './late-record.js'

/** Passes a batch on; may be called several times during one `onBatch`. */
export type Emit = (batch: Batch) => void

/** What an operator may say besides its batches. */
export interface LogicContext {
  /** The operator's own origin: for rows that it makes itself, with its own watermark. */
  readonly origin: number
  /** Sends rows to a side port of the operator (`late`), with the time of the batch. */
  emitTo(port: string, batch: Batch): void
  /** Rows that no window took: counted, sent to the port `late`, and kept for people to see with the window that each has missed. */
  late(batch: Batch, missed: (time: number) => MissedWindow): void
  /** Hands a row to the dead letters: a row function threw, a time was far in the future. */
  reject(batch: Batch, row: number, code: ErrorCode, reason: string, stack?: string): void
  /** Adds to a counter of this node: `counted`, `late`, `skewed`, `revisions_ignored`, …. */
  count(counter: string, by: number): void
}

/**
 * An operator's logic, called synchronously: timers due at the batch's clock, then rows, then its watermark. At least
 * one batch goes on for each batch in; where `onBatch` emits none, an empty one with the same time is forwarded.
 * Between calls the state is complete and can be saved.
 */
export interface Logic {
  onBatch(batch: Batch, emit: Emit): void
  /** The event time that this operator waits for, such as the end of its earliest open window − 1 ms; +Infinity: none. */
  pending?(): number
  /**
   * In how many ms of clock advance this operator needs a batch, even an empty one; +Infinity: never. `pending` is the
   * least event time that any operator of the job waits for.
   */
  deadline?(pending: number): number
  /** Number of live keys, for status pages. */
  keys?(): number
  /** Origins that are gone for good, after an edit of the job: they hold nobody back any more. */
  forget?(origins: readonly number[]): void
  snapshot?(): State
  restore?(state: State): void
}
