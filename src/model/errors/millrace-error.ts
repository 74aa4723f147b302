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
  /** Errors found with it that are independent of it. */
  readonly others?: readonly MillraceError[]
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
  /** Errors that were found with it and are independent of it, in the order of the file; they have no `others`. */
  readonly others: readonly MillraceError[]

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.place = details.place
    this.notes = details.notes ?? []
    this.hint = details.hint ?? catalogue[code].remedy
    this.others = details.others ?? []
  }

  /** Errors that were found together, as one that can be thrown: the first, with the rest in `others`. */
  static together(errors: readonly [MillraceError, ...MillraceError[]]): MillraceError {
    const [first, ...others] = errors.flatMap(error => error.each()) as [MillraceError, ...MillraceError[]]
    return others.length === 0 ? first : first.with({ others })
  }

  /** It and those found with it. */
  each(): readonly MillraceError[] {
    return [this, ...this.others]
  }

  /** What the supervisor does about it. */
  get action(): ErrorAction {
    return catalogue[this.code].action
  }

  /** The same error at a place, unless it has one already. */
  at(place: Place): MillraceError {
    return this.place ? this : this.with({ place })
  }

  /** The same error with some details replaced. */
  with(details: ErrorDetails): MillraceError {
    const { code, message, place, notes, hint, cause, others } = this
    const copy = new MillraceError(code, message, { ...(place && { place }), notes, hint, cause, others, ...details })
    // It still comes from where it was made: places are found by that.
    if (this.stack !== undefined) copy.stack = this.stack
    return copy
  }
}
