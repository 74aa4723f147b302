import type { Chunk } from '../model/chunk.js'
import type { Columns } from '../model/columns.js'
import type { Dictionary } from '../model/dictionary.js'
import type { ErrorCode } from '../model/errors/catalogue.js'
import type { Json } from '../model/json.js'
import type { Schema } from '../model/schema.js'

/** A message that could not become a row; it goes to the dead letters with its raw bytes. */
export interface Rejection {
  /** Index of the message in its chunk. */
  readonly message: number
  readonly code: ErrorCode
  /** A sentence: `temperature` is a text, the schema wants a number in °C. */
  readonly reason: string
  /** JSON path or section of the offending value. */
  readonly path?: string
  /** Byte offset in the message. */
  readonly offset?: number
  /** Where the job's own JavaScript threw. */
  readonly stack?: string
  /** The bytes are the beginning of a message that was too large to be kept: taking them in again would not mend it. */
  readonly cut?: boolean
}

/** What a chunk became. Memory may be reused by the next call. */
export interface Decoded {
  readonly length: number
  readonly columns: Columns
  /** Index of each row's message in the chunk. */
  readonly messages: Int32Array
  readonly rejected: readonly Rejection[]
  /** Messages that a converter skipped. */
  readonly skipped: number
}

/** A compiled decoder. `omit[i] = 1` leaves message i out (a duplicate). It never throws for what a message contains. */
export interface Decoder {
  decode(chunk: Chunk, omit?: Uint8Array): Decoded
}

/** What a job uses of a schema: only wanted fields become columns (all are checked); keyed texts become dictionary ids. */
export interface FieldUse {
  readonly wanted: ReadonlySet<string>
  readonly keyed: ReadonlySet<string>
  /** The dictionary of a keyed text field; the decoder makes its own where none is given. */
  readonly dictionary?: (field: string) => Dictionary
}

/** How messages become rows, as a job file names it: `json(S)`, `value(S)`, `raw()`, `firstOf(…)`, `convert(S, …)`. */
export interface DecoderSpec<out T> {
  readonly rowType?: T
  /** Pure data for the plan. */
  readonly params: { readonly [key: string]: Json }
  readonly schema: Schema<unknown>
  /** JavaScript of the job runs in it. */
  readonly opaque: boolean
  compile(use: FieldUse): Decoder
}
