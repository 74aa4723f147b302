import type { DeadLetter, JobGraph, JobSummary } from '../model/api.js'
import type { View } from '../views/view.js'

export interface DeadLetterFilter {
  readonly job?: string
  readonly source?: string
  readonly code?: string
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
  /** Ready: every job runs and every source is attached; otherwise the reasons. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] }
  /** Prometheus text. */
  metrics(): Promise<string>
}
