import type { OutputBatch } from '../connector/sink.js'
import type { Job } from '../job/graph.js'
import type { JournalTuning } from '../journal/journal.js'
import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { ViewRegistry } from '../views/view-registry.js'
import type { JobFactories } from './job-factories.js'
import type { FolderLock } from './recovery/folder-lock.js'

export interface JobRunnerOptions {
  readonly job: Job
  /** The job's bundle, to be kept beside its state; undefined: it is known by its plan alone. */
  readonly code: string | undefined
  /** The job's clock, perhaps scaled. */
  readonly time: TimeSource
  /** Real time: pauses, rates, gaps. */
  readonly real: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  readonly embeddedNode: string | undefined
  /** The job's data folder; undefined: nothing is kept. */
  readonly dataDir: string | undefined
  readonly disk: Disk
  readonly lock: (folder: string) => Promise<FolderLock>
  /** The folder is taken although another process may have it: what that one does must change nothing. */
  readonly takeOver: boolean
  readonly reached: Reached
  readonly factories: JobFactories
  readonly tuning: JournalTuning
  /** The running release of Millrace, for snapshots to name. */
  readonly release: string | undefined
  /** Put the state in the data folder aside and begin afresh. */
  readonly reset: boolean
  /** Nodes whose state may be given up where it does not fit the job any more. */
  readonly drop: readonly string[]
  /** Open no source: process what the journal holds, send what waits, take a snapshot, end. */
  readonly drainOnly: boolean
  /** Whether the job is to end before it runs: a recovery is left then, between two slices. */
  readonly isLeft: () => boolean
  readonly views: ViewRegistry
  readonly outboxBytes: number
  readonly sourceBufferBytes: number
  readonly debug: (line: string) => void
  /** Sees every output of the job that is durable, before it waits for its sink. */
  readonly onOutput: ((output: OutputBatch) => void) | undefined
}

export interface DrainOptions {
  /** Fire the windows that are open; otherwise they go into the snapshot. */
  readonly firePartial: boolean
  /** Real ms to wait for the sinks; default 30 s. */
  readonly deadlineMs?: number
}

/** What connectors are lent. */
export function connectorContext(options: JobRunnerOptions, id: string) {
  const { job, real, random, log, env, embeddedNode, sourceBufferBytes } = options
  return { job: job.id, id, time: real, random, log, env, embeddedNode, bufferBytes: sourceBufferBytes }
}
