/** What a stream of window results knows of the operator that made them. */
export interface WindowTrace {
  /** Id of the aggregate; with key and window it names a result. */
  readonly operator: string
  /** The `by` columns. */
  readonly by: readonly string[]
  /** Ms. */
  readonly size: number
  readonly every: number
  readonly early: boolean
  /** Ms. */
  readonly allowedLateness: number
}

/** The columns that every aggregate adds to its result rows. */
export const windowColumns = ['window_start', 'window_end', 'final', 'revision'] as const
