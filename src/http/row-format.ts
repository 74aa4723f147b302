import type { LiveRow, ViewColumn } from '../model/api.js'

/** Rows of a view on their way to a reader. */
export interface RowSet {
  readonly job: string
  readonly view: string
  readonly columns: readonly ViewColumn[]
  /** May be read more than once. */
  readonly rows: Iterable<LiveRow>
}

/** One way of writing rows: in pieces of bounded size, each made when it is asked for. */
export interface RowFormat {
  readonly contentType: string
  pieces(set: RowSet): Generator<string | Uint8Array>
}
