import type { Expr } from '../expr/types.js'
import type { Columns } from '../model/columns.js'
import type { Json } from '../model/json.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { CheckResult, ConnectorContext } from './source.js'

/** Where an output stands in a job's life: the journal entry that caused it, and how many rows of that entry for the same sink came before it. */
export interface Position {
  readonly entry: number
  readonly ordinal: number
}

/** The last output that a peer holds. */
export interface HeldPosition extends Position {
  /** How many rows of its entry, from that place on, the peer holds; absent: those of the output that was written there. */
  readonly rows?: number
}

/** Rows on their way to one sink. It owns its memory: nothing in it is reused while it waits. */
export interface OutputBatch {
  readonly sink: string
  readonly length: number
  /** The row's own fields, in the order of `schema`; window columns included. Texts are plain. */
  readonly schema: readonly ColumnInfo[]
  readonly columns: Columns
  /** Values of the sink's own expressions (an address per row), by their name. */
  readonly computed: Columns
  /** Deterministic id of each row (job, operator, key, window, revision), or its output position. */
  readonly ids: readonly string[]
  /** View key of each row (operator, key values, window), a higher revision replaces; same length as ids. */
  readonly keys: readonly string[]
  /** 1 where an earlier row of this key is withdrawn. */
  readonly removed: Uint8Array | undefined
  /** The job's clock when they were made, ms since the epoch. */
  readonly wall: number
  /** Behind the entry that caused them, ms since the epoch; ±Infinity as in batches. */
  readonly watermark: number
}

/** How a sink fares, for status pages. */
export interface SinkStatus {
  readonly connected: boolean
  readonly detail: string
  readonly endpoint?: string
  readonly credit?: number
  /** Rows handed over and not yet acknowledged. */
  readonly pending: number
  /** Present while it holds the job back: what it waits for, and since when (monotonic ms). */
  readonly waiting?: { readonly for: string; readonly since: number }
  readonly error?: { readonly code: string; readonly message: string }
}

/** What repeating an output does: nothing, as rows and position are one transaction; nothing, while the peer remembers its id; a second row. */
export type SinkGuarantee = 'transactional' | 'idempotent' | 'append'

/** What a sink knows of its guarantee before it is open, as pure data. */
export type SinkPromise =
  | {
      readonly guarantee: SinkGuarantee
      readonly remembers?: number
      /** It waits for nobody, so that a row may be lost: why, as a sentence. Absent: what was written is with the peer. */
      readonly loses?: string
    }
  /** Its peer decides, once connected; `why` says on what, as a sentence. */
  | { readonly guarantee: 'depends-on-peer'; readonly why: string }

/** Writes outputs in order and resolves when the peer has acknowledged them. Transactional sinks commit rows and position together. */
export interface SinkWriter {
  /** Known once `open` has resolved. */
  readonly guarantee: SinkGuarantee
  /**
   * Ids that the peer of an idempotent sink remembers (Artemis: 20,000 an address). At most half as many outputs are
   * sent ahead of the last acknowledgement that is durable here. Absent: all.
   */
  readonly remembers?: number | undefined
  /** Why it is `append` although its peer drops some repeats: a clause that follows "sent again, and". Absent: it keeps both. */
  readonly why?: string | undefined
  /**
   * It sends rows of several outputs together: what waits is handed over in one go, so many rows at most (one output may have more),
   * and the first of them waits up to `ms` for others. Absent: one output at a time.
   */
  readonly gathers?: { readonly rows: number; readonly ms: number }
  /**
   * The last position that the *peer* holds, if it can tell; with the number of rows, if it can tell that, too: a later release may
   * cut an entry into outputs otherwise.
   */
  open(): Promise<HeldPosition | undefined>
  write(outputs: OutputBatch, position: Position): Promise<void>
  status(): SinkStatus
  close(): Promise<void>
}

/** A sink as a job file names it. `T` is the least row it accepts. */
export interface SinkSpec<in T> {
  readonly id: string
  readonly connector: string
  readonly params: { readonly [key: string]: Json }
  /** `view` sinks also get provisional rows and removals of keys. */
  readonly kind: 'view' | 'sink'
  /** Absent: a view replaces rows, any other sink appends them. */
  readonly promise?: SinkPromise
  readonly accepts?: (row: T) => void
  /** Functions over the symbolic row, evaluated per row for the sink, such as its address; traced where the sink is applied. */
  readonly expressions: { readonly [name: string]: (row: never) => Expr<unknown> }
  readonly usesEmbeddedNode: boolean
  /** As of a source. */
  checkSettings?(context: ConnectorContext): void
  open(context: ConnectorContext): Promise<SinkWriter>
  check(context: ConnectorContext, timeoutMs: number): Promise<readonly CheckResult[]>
}
