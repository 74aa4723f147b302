import type { OutputBatch } from '../connector/sink.js'
import type { Job } from '../job/graph.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { ViewRegistry } from '../views/view-registry.js'

export interface JobRunnerOptions {
  readonly job: Job
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
  readonly views: ViewRegistry
  readonly outboxBytes: number
  readonly sourceBufferBytes: number
  readonly debug: (line: string) => void
  /** Sees every output of the job, before it waits for its sink. */
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
