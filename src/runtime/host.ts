import type { DeadLetter, JobGraph, JobSummary } from '../model/api.js'
import type { KeptBytes } from '../model/kept-bytes.js'
import type { LateRow } from '../model/late-row.js'
import type { View } from '../views/view.js'
import type { TapReader } from './insight/taps.js'

export interface DeadLetterFilter {
  readonly job?: string
  readonly source?: string
  readonly code?: string
  /** Only the letter of this id. */
  readonly id?: string
  /** Only those that can, or cannot, be taken in again. */
  readonly retryable?: boolean
  /** 1,000 unless given. */
  readonly limit?: number
}

/** What the HTTP API sees of the running process: all jobs, their views and dead letters. */
export interface Host {
  jobs(): readonly JobSummary[]
  graph(job: string): JobGraph | undefined
  views(): readonly View[]
  /** Newest first. */
  deadLetters(filter: DeadLetterFilter): readonly DeadLetter[]
  deadLetterBytes(id: string): Uint8Array | undefined
  /** Takes the message of a letter in again; resolves when that is durable. Undefined: no such letter. The answer names the new letter where it was refused again. @throws MR472 … MR475 */
  retryDeadLetter(id: string): Promise<DeadLetter | undefined>
  /** The newest late rows of a job, newest first, at most a thousand of this process. Undefined: no such job. */
  lateRows(job: string, limit: number): readonly LateRow[] | undefined
  /**
   * Looks at an edge of a job's graph: twice a second what passed, and five rows of it at most. The result ends it. Undefined:
   * no such job.
   *
   * @throws MR470 no such edge, MR471 too many taps.
   */
  tap(job: string, from: string, to: string, reader: TapReader): (() => void) | undefined
  /**
   * What outlives the process beside the journal of a job, by a name that is its file's; undefined where the job keeps
   * nothing. A host that is not one of running jobs has none at all.
   */
  kept?(job: string, name: string): KeptBytes | undefined
  /** Ready: every job runs and every source is attached; otherwise the reasons. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] }
  /** Prometheus text. */
  metrics(): Promise<string>
}
