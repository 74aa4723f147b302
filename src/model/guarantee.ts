/** What a crash can do to results: nothing, repeat them, lose input, or both. */
export type GuaranteeLevel = 'none' | 'at-most-once' | 'at-least-once' | 'exactly-once'

/** What is promised of the results of one sink. */
export interface GuaranteeOfSink {
  readonly sink: string
  readonly level: GuaranteeLevel
  /** One short sentence. */
  readonly label: string
}

/** What is promised of a job's results, for all its sinks together, and why. */
export interface Guarantee {
  readonly level: GuaranteeLevel
  /** One short sentence, such as `exactly once within 1,000,000 ids or 10 minutes`. */
  readonly label: string
  /** Sentences: what decides the level, its bounds, and what it takes for granted. */
  readonly why: readonly string[]
  /** The same for each sink; absent where nothing is known of the sinks. */
  readonly sinks?: readonly GuaranteeOfSink[]
}
