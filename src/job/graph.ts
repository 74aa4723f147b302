import type { FieldUse } from '../codecs/decoder.js'
import type { OutputBatch, SinkSpec } from '../connector/sink.js'
import type { SourceSpec } from '../connector/source.js'
import type { Batch } from '../model/batch.js'
import type { LateRow } from '../model/late-row.js'
import type { State } from '../model/state.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { Refusal } from '../operators/refusal.js'
import type { Plan } from '../plan/plan.js'

/** What a node has done since the run began. */
export interface NodeMetrics {
  readonly rowsIn: number
  readonly rowsOut: number
  readonly batches: number
  /** Messages decoded, of a source. */
  readonly messages: number
  /** Time spent in the node's own logic, a source's decoder too, ns. */
  readonly busyNs: number
  /** Of the last batch it emitted, ms since the epoch; ±Infinity as in batches. */
  readonly watermark: number
  readonly idle: boolean
  readonly keys: number | undefined
  readonly counters: Readonly<Record<string, number>>
}

/** A row that an operator refused, by message of the entry being pushed. */
export type RowRejection = Refusal

export interface GraphSource {
  readonly id: string
  readonly spec: SourceSpec<unknown>
  readonly use: FieldUse
}

export interface GraphSink {
  readonly id: string
  readonly spec: SinkSpec<never>
  readonly schema: readonly ColumnInfo[]
  /** Rows carry window columns. */
  readonly windowed: boolean
  /** Columns that make the row key, without the window: the `by` fields; empty where rows have none. */
  readonly keyColumns: readonly string[]
  /** Size and slide of the windows in ms, where all rows come from one window operator. */
  readonly window?: { readonly size: number; readonly every: number }
}

/**
 * One run of a job: the job function was called once, the operators are connected. Synchronous and at rest between
 * pushes. The pump owns it.
 */
export interface Graph {
  readonly job: string
  readonly plan: Plan
  readonly sources: readonly GraphSource[]
  readonly sinks: readonly GraphSink[]
  /**
   * Names the entry whose batches follow, for output positions. One entry is one chunk of one source partition, or a
   * tick.
   */
  begin(entry: number): void
  /** Pushes one batch of the current entry into a source. Throws what an operator threw: the run is then broken and must be restored. */
  push(source: string, batch: Batch): void
  /** So many messages of a source were decoded in so many ms; for its metrics. */
  decoded(source: string, messages: number, ms: number): void
  /** Ends the entry: what reached the sinks, what operators refused and what was late, in order. Sweeps dictionaries. */
  end(): {
    readonly outputs: readonly OutputBatch[]
    readonly rejections: readonly RowRejection[]
    /** At most the newest thousand. */
    readonly late: readonly Omit<LateRow, 'job'>[]
  }
  /**
   * Hears the batches that flow on an edge of the plan as they pass; they live until it returns. What it throws is lost.
   * The result ends it.
   *
   * @throws MR470 for an edge that the plan does not have.
   */
  tap(from: string, to: string, heard: (batch: Batch) => void): () => void
  /** Ms of clock advance until some operator needs a tick; +Infinity: never. */
  deadline(): number
  metrics(): ReadonlyMap<string, NodeMetrics>
  snapshot(): State
  /** @throws MR4xx naming what does not fit, before anything is changed. */
  restore(state: State): void
  /** Source partitions that are gone for good, after an edit of the job. */
  forget(origins: readonly number[]): void
}

/** How a run is started; bounded runs freeze clocks and switch early results and skew checks off. */
export interface GraphOptions {
  readonly bounded: boolean
  /** Which journal the entries are counted in: part of the ids of rows that have no window. */
  readonly origin?: string
  /** Measures busy time, in ms with fractions; absent: not measured. */
  readonly elapsed?: () => number
  /** Receives the lines of `debug`. */
  readonly debug?: (line: string) => void
}

/** What `export default job(…)` gives: inert until it is started. The job function runs once per `start`. */
export interface Job {
  readonly id: string
  start(options: GraphOptions): Graph
}
