import type { ErrorCode } from '../model/errors/catalogue.js'

/** A row that an operator refused; it goes to the dead letters. */
export interface Refusal {
  readonly node: string
  readonly source: string
  /** Index of its message in the entry; undefined where no single message made the row. */
  readonly message: number | undefined
  readonly code: ErrorCode
  readonly reason: string
  readonly stack?: string
  /** The row as JSON, for the dead-letter page. */
  readonly row: string
}
