import type { SourceReader } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import { Backoff } from '../model/backoff.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { DeadLetterStore } from './dead-letter-store.js'
import { EntryPush } from './entry-push.js'
import type { JobClock } from './job-clock.js'
import type { JobMemory } from './job-memory.js'
import { connectorContext, type JobRunnerOptions } from './job-runner-options.js'
import type { Outbox } from './outbox.js'
import { Pump } from './pump.js'
import { SourceFeed } from './source-feed.js'

/** What lives as long as the job, while its runs come and go. */
export interface JobParts {
  readonly options: JobRunnerOptions
  readonly clock: JobClock
  readonly memory: JobMemory
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
}

/** One run: a fresh graph, its sources, its pump. */
export interface Run {
  readonly feeds: readonly SourceFeed[]
  readonly push: EntryPush
  readonly pump: Pump
}

/** Connects a graph to its sources; nothing is opened until the pump runs. */
export function connectRun(job: JobParts, graph: Graph, fatal: (error: MillraceError) => void): Run {
  const { options, clock, memory, outbox, deadLetters } = job
  const { time, real, random, onOutput } = options
  const feeds = graph.sources.map(
    source =>
      new SourceFeed({
        source,
        context: connectorContext(options, source.id),
        time,
        real,
        backoff: new Backoff(random),
        wake: () => pump.wake(),
        lost: (reader: SourceReader) => pump.forget(reader),
        failed: fatal,
      }),
  )
  const push = new EntryPush({ graph, clock, outbox, deadLetters, memory, onOutput })
  const pump = new Pump({ graph, feeds, clock, origins: memory.origins, outbox, deadLetters, push, time, real })
  return { feeds, push, pump }
}
