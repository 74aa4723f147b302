import type { ErrorCode } from '../model/errors/catalogue.js'

/** Why one message cannot become a row. Made only for messages that fail. */
export interface Problem {
  readonly code: ErrorCode
  /** A sentence: `temperature` is the text "hot", the schema wants a number in °C. */
  readonly reason: string
  readonly path?: string
  /** Byte offset in the message. */
  readonly offset?: number
  /** Where the job's own JavaScript threw. */
  readonly stack?: string
}

/** The message is to be left out on purpose: neither a row nor a dead letter. */
export const skipped = Symbol('skipped')

/** What a reader made of one message: a row (undefined), nothing, or a problem. */
export type Verdict = undefined | typeof skipped | Problem
