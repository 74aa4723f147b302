import type { ResultRow } from '../demo/compare-results.js'
import type { ClockReading } from '../demo/data-clock.js'
import type { Share } from '../http/share-guard.js'
import type { JobSummary } from '../model/api.js'
import type { DemoAction, DemoStatus } from '../model/demo-status.js'
import type { ErrorCode } from '../model/errors/catalogue.js'
import type { ListenAddress } from './listen-address.js'

/** What the two processes of a demo tell each other: the one with devices, broker and terminal, and the one with the job. */

/** A clock's reading and the machine's time at which it was taken: a message may wait for its reader. */
export interface SentReading {
  readonly reading: ClockReading
  readonly sentAt: number
  /** What the clock may show at most until more is told, ms since the epoch of the data; null: it runs freely. */
  readonly horizon: number | null
}

/** An error as it crosses the border. */
export interface SentError {
  readonly code: ErrorCode
  readonly message: string
  readonly notes: readonly string[]
  readonly hint: string
}

/** All that the job's process needs to begin, or to go on where one before it was killed. */
export interface WorkerStart {
  readonly dataDir: string
  /** Undefined: the environment names a broker. */
  readonly nodeUrl: string | undefined
  /** Undefined: no HTTP server. */
  readonly http: ListenAddress | undefined
  /** Undefined: only this machine looks at the page. */
  readonly share: Share | undefined
  /** Live readers at a time, at most. */
  readonly mostReaders?: number
  readonly clock: SentReading
  readonly clockLabel: string
  readonly status: DemoStatus
}

export type ToWorker =
  | { readonly type: 'start'; readonly start: WorkerStart }
  | { readonly type: 'clock'; readonly clock: SentReading }
  | { readonly type: 'status'; readonly status: DemoStatus }
  /** Done, or refused, what was asked for by `act`. */
  | { readonly type: 'acted'; readonly call: number; readonly error?: SentError }
  | { readonly type: 'rows' }
  /** It is about to be killed: what it was told before must reach its pages. */
  | { readonly type: 'last-word' }
  | { readonly type: 'stop' }

/** The job's process, once its page answers. */
export interface WorkerReady {
  /** Null: no HTTP server. */
  readonly url: string | null
  readonly port: number | null
  /** The port asked for, where it was taken. */
  readonly taken: number | null
  /** Where guests reach the page. */
  readonly sharedAt: { readonly url: string; readonly port: number } | null
  readonly view: string | null
  /** Real ms that recovery took; null where the job began afresh. */
  readonly recoveryMs: number | null
}

export type Counts = JobSummary['counts']
/** Of a job that has not told any. */
export const noCounts: Counts = {
  received: 0,
  counted: 0,
  late: 0,
  duplicate: 0,
  deadLettered: 0,
  skipped: 0,
  waiting: 0,
  results: 0,
}

export type FromWorker =
  | { readonly type: 'ready'; readonly ready: WorkerReady }
  | { readonly type: 'counts'; readonly counts: Counts }
  | { readonly type: 'act'; readonly call: number; readonly action: DemoAction }
  | { readonly type: 'rows'; readonly rows: readonly ResultRow[] }
  /** Its pages have been sent what it was told before `last-word`. */
  | { readonly type: 'said' }
  /** The job has ended: as it was told, or, with an error, by itself. */
  | { readonly type: 'ended'; readonly counts: Counts | null; readonly error?: SentError }
