import { catalogue, type ErrorCode } from './catalogue.js'
import type { ErrorAction } from './entry.js'

/** Where in a file an error lies; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Characters to underline. */
  readonly length?: number
}

export interface ErrorDetails {
  readonly place?: Place
  /** Further facts, one a line, such as a sample of the data. */
  readonly notes?: readonly string[]
  /** A remedy for this very case; the catalogue's otherwise. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The one error type that users see: a code from the catalogue, what was wrong, where, and how to mend it.
 *
 * @example
 * const error = new MillraceError('MR101', 'field `tmep` is not in the schema', { hint: 'did you mean `temp`?' })
 * error.code // 'MR101'
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly code: ErrorCode
  readonly place: Place | undefined
  readonly notes: readonly string[]
  readonly hint: string

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.place = details.place
    this.notes = details.notes ?? []
    this.hint = details.hint ?? catalogue[code].remedy
  }

  /** What the supervisor does about it. */
  get action(): ErrorAction {
    return catalogue[this.code].action
  }

  /** The same error at a place, unless it has one already. */
  at(place: Place): MillraceError {
    if (this.place) return this
    return new MillraceError(this.code, this.message, { place, notes: this.notes, hint: this.hint, cause: this.cause })
  }
}
