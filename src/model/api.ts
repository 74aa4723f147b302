import type { Alert } from './alert.js'
import type { DemoStatus } from './demo-status.js'
import type { Guarantee } from './guarantee.js'

/** The JSON of the HTTP API: the contract between server, page and clients. Times are ms since the epoch on the job's clock. */

export interface JobSummary {
  readonly id: string
  readonly state: 'starting' | 'running' | 'waiting' | 'draining' | 'stopped' | 'failed'
  /** The job's clock. */
  readonly now: number
  /** `replaying real data at 60×`; absent where the clock is the wall clock. */
  readonly clockLabel?: string
  /** The data is derived: shifted, multiplied or disturbed on purpose. */
  readonly derived: boolean
  readonly guarantee: Guarantee
  /** Messages received a second of real time, averaged over the last 5 s. */
  readonly rate: number
  /** Ms between the job's clock and the newest watermark of its results; null until there is one. */
  readonly behind: number | null
  /** What became of every message: received = counted + late + duplicate + deadLettered + skipped + waiting. */
  readonly counts: {
    readonly received: number
    readonly counted: number
    readonly late: number
    readonly duplicate: number
    readonly deadLettered: number
    readonly skipped: number
    /** Received and not yet processed. */
    readonly waiting: number
    readonly results: number
    /** Of those that were not left out: messages with the id of an earlier one, and another content. Absent where there was none. */
    readonly idReused?: number
  }
  /** Absent where the job keeps no data folder. */
  readonly journal?: JournalSummary
  /** The one thing that needs a person, as a sentence: `alerts waits for credit since 12 s`; empty when well. */
  readonly attention: readonly string[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

/** The journal of a job. */
export interface JournalSummary {
  /** Its size on the disk. */
  readonly bytes: number
  /** Entries that went through the job and are not on the disk yet: their messages are not accepted, their results not sent. */
  readonly unsynced: number
  /** Entries behind the last snapshot: what a recovery would take in again. */
  readonly behindSnapshot: number
  /** Real ms that the last recovery took; null where the job began afresh. */
  readonly lastRecoveryMs: number | null
}

export interface GraphNode {
  readonly id: string
  readonly kind: 'source' | 'operator' | 'view' | 'sink'
  readonly op: string
  /** A short line under the name: `tumbling 1 min · 4 keys`, `AMQP queue telemetry · credit 1,000`. */
  readonly detail: string
  readonly rowsIn: number
  readonly rowsOut: number
  /** Ms since the epoch; null while nothing is known. */
  readonly watermark: number | null
  readonly idle: boolean
  /** 0 … 1 of one core, over the last seconds. */
  readonly busy: number
  readonly counters: Readonly<Record<string, number>>
  /** Present while it holds the job back. `since` is ms since the epoch. */
  readonly waiting?: { readonly for: string; readonly since: number }
  /** Of a source that is asked and has given nothing for 5 s or more: since when, ms since the epoch. */
  readonly silentSince?: number
}

export interface JobGraph {
  readonly job: string
  readonly nodes: readonly GraphNode[]
  /** Rows a second over the last 5 s. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly rate: number }[]
  /** Who holds the flow back, as a sentence; absent when nobody does. */
  readonly culprit?: { readonly node: string; readonly sentence: string }
  readonly mermaid: string
}

export interface ViewColumn {
  readonly name: string
  readonly type: 'number' | 'integer' | 'boolean' | 'text' | 'timestamp' | 'list'
  readonly nullable: boolean
  readonly unit?: string
  readonly key: boolean
}

export interface ViewInfo {
  readonly id: string
  readonly job: string
  readonly columns: readonly ViewColumn[]
  readonly windowed: boolean
  /** True for what was sent to a sink: its last rows, 1 MiB of them, once the sink has acknowledged them. */
  readonly sink?: true
  readonly window?: { readonly size: number; readonly every: number }
  /** Ms of event time kept; null: bounded by bytes only. */
  readonly keep: number | null
  readonly rows: number
  readonly bytes: number
  readonly watermark: number | null
  /** Rows forgotten since the job began, because of `keep` or the byte bound. */
  readonly evicted?: number
}

/** One row: values in the order of the view's columns. Timestamps are ms since the epoch here, RFC 3339 in rows.json, ndjson and csv. */
export type LiveRow = readonly (number | string | boolean | null | readonly unknown[])[]

/**
 * Events of `GET /api/v1/live?views=a,b`; the SSE event name is `type`, the SSE id `epoch:offset`. `seen` tells of each of
 * `rows` when it came, on the job's clock.
 */
export type LiveEvent =
  | {
      readonly type: 'snapshot'
      readonly view: ViewInfo
      readonly rows: readonly LiveRow[]
      readonly seen: readonly number[]
      /** The newest row of each key that has none among `rows`, where there is such a key. */
      readonly quiet?: { readonly rows: readonly LiveRow[]; readonly seen: readonly number[] }
    }
  | {
      readonly type: 'upsert'
      readonly view: string
      readonly rows: readonly LiveRow[]
      readonly seen: readonly number[]
      readonly removed: readonly LiveRow[]
    }
  | { readonly type: 'progress'; readonly jobs: readonly JobSummary[]; readonly watermarks: Readonly<Record<string, number | null>> }
  /** Alerts of all jobs, the first 200, `more` besides; sent whenever one changes, and at first. */
  | { readonly type: 'alerts'; readonly alerts: readonly Alert[]; readonly more?: number }
  /** Of demos only; sent whenever it changes, and at first. */
  | { readonly type: 'demo'; readonly demo: DemoStatus }
  | { readonly type: 'reset'; readonly reason: string }

export interface DeadLetter {
  readonly id: string
  readonly job: string
  readonly source: string
  readonly code: string
  readonly reason: string
  readonly path?: string
  /** When it was refused, on the job's clock. */
  readonly at: number
  /** Up to 200 bytes as text, unprintable ones as ·. */
  readonly sample: string
  readonly size: number
  /** It can be taken in again: it is a message of which nothing has counted, and was not taken in again before. */
  readonly retryable?: boolean
  /** It was taken in again as a new message at this time, on the job's clock. */
  readonly retriedAt?: number
  /** In the answer to a retry: the message was refused once more, and this is its new letter. */
  readonly refusedAgain?: string
}
