import type { Log, TimeSource } from '../model/seams.js'
import type { Host } from '../runtime/host.js'

/** What every route may use. */
export interface ServerContext {
  readonly host: Host
  readonly time: TimeSource
  readonly log: Log
  readonly version: string
  /** Differs between any two starts of a server, so that a live reader's place in another run is recognised as such. */
  readonly epoch: string
}

/** The clock of a job, ms since the epoch; the process's where there is no such job. */
export const jobClock = (context: ServerContext, job: string | undefined): number =>
  (job === undefined ? undefined : context.host.jobs().find(summary => summary.id === job)?.now) ?? context.time.wall()
