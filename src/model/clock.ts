/**
 * The clock readings that a batch carries, in ms. `wall` says when its entry arrived and never decreases. `stream` is
 * the job's own monotonic clock: it stands still while no source is live. `partition` is the same clock of the batch's
 * origin alone. `frozen` marks bounded runs, where all readings stand at the first row's time.
 */
export interface Clock {
  readonly wall: number
  readonly stream: number
  readonly partition: number
  readonly frozen: boolean
}
