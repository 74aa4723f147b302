import { MillraceError } from '../model/errors/millrace-error.js'

/** Where a row stands in a view's order: by time, then by rank within that time. */
export interface Cursor {
  readonly time: number
  /** The row key where rows have windows, else the row's arrival number. */
  readonly rank: string | number
}

/** A cursor as an opaque text, safe in URLs. */
export const cursorText = (cursor: Cursor): string => Buffer.from(JSON.stringify([cursor.time, cursor.rank])).toString('base64url')

/**
 * The cursor of a text made by `cursorText`.
 *
 * @param rank what ranks the rows of the view that it is a cursor of
 * @throws MR508 for anything else.
 */
export function parseCursor(text: string, rank: 'key' | 'arrival'): Cursor {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    value = undefined
  }
  if (
    Array.isArray(value) &&
    value.length === 2 &&
    Number.isFinite(value[0]) &&
    (rank === 'key' ? typeof value[1] === 'string' : Number.isFinite(value[1]))
  ) {
    return { time: value[0], rank: value[1] }
  }
  throw new MillraceError('MR508', `'${text.slice(0, 40)}' is not a cursor of this view`)
}
