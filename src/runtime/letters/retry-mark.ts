/** A dead letter whose message came in again. */
export interface RetryMark {
  /** The entry that took it in. */
  readonly entry: number
  /** Of the letter. */
  readonly id: string
  /** The job's clock. */
  readonly at: number
}
