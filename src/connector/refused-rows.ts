import type { ErrorCode } from '../model/errors/catalogue.js'
import { type ErrorDetails, MillraceError } from '../model/errors/millrace-error.js'

/**
 * Rows that a peer will never take, by their ids: they alone become a dead letter, with their values; the others of the write
 * arrived. Its code is one whose action is `dead-letter`.
 *
 * @example
 * new RefusedRows('MR311', 'the peer refused 1 of 3 rows: r2 (too long)', ['r2']).action // 'dead-letter'
 */
export class RefusedRows extends MillraceError {
  readonly ids: readonly string[]

  constructor(code: ErrorCode, message: string, ids: readonly string[], details: ErrorDetails = {}) {
    super(code, message, details)
    this.ids = ids
  }
}
