import type { SourceReader } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import { Backoff } from '../model/backoff.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import { EntryLog } from './flow/entry-log.js'
import { type Consequences, EntryPush } from './flow/entry-push.js'
import type { JobClock } from './flow/job-clock.js'
import { LoopTurn } from './flow/loop-turn.js'
import type { Outbox } from './flow/outbox.js'
import { Pump } from './flow/pump.js'
import { SourceFeed } from './flow/source-feed.js'
import type { JobInsight } from './insight/job-insight.js'
import { connectorContext, type JobRunnerOptions } from './job-runner-options.js'
import type { DeadLetterStore } from './letters/dead-letter-store.js'
import type { JobStore } from './recovery/job-store.js'
import type { JobMemory } from './status/job-memory.js'

/** A job at rest, ready to run. */
export interface JobParts {
  readonly options: JobRunnerOptions
  readonly graph: Graph
  readonly clock: JobClock
  readonly memory: JobMemory
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  readonly store: JobStore | undefined
  readonly insight: JobInsight
}

/** One run: its sources and its pump. */
export interface Run {
  readonly feeds: readonly SourceFeed[]
  readonly pump: Pump
  /** All that went through is on the disk, where there is one. */
  readonly isDurable: boolean
  /** The end of all sources: every window fires. */
  end(): void
}

/** Connects a job to its sources; nothing is opened until the pump runs. */
export function connectRun(job: JobParts, fatal: (error: MillraceError) => void): Run {
  const { options, graph, clock, memory, outbox, deadLetters, store, insight } = job
  const { time, real, random, reached } = options
  const journal = store && { journal: store.durability.origin }
  const feeds = graph.sources.map(
    source =>
      new SourceFeed({
        source,
        context: { ...connectorContext(options, source.id), positions: memory.positionsOf(source.id), ...journal },
        time,
        real,
        backoff: new Backoff(random),
        wake: () => pump.wake(),
        lost: (reader: SourceReader) => pump.forget(reader),
        failed: fatal,
      }),
  )
  insight.release(store ? store.durability.journal.durable : Number.POSITIVE_INFINITY)
  const log = new EntryLog(graph, memory, clock, store?.durability.journal)
  const turn = new LoopTurn(real)
  const consequences: Consequences = {
    outputs: (entry, outputs) => outbox.add(entry, outputs),
    refused: (entry, index, refused) => deadLetters.add(entry, index, refused),
    late: (entry, rows) => insight.late.add(entry, rows),
    retried: mark => deadLetters.retried(mark),
  }
  const push = new EntryPush(graph, memory, consequences, turn)
  const durable = store && { ...store.durability, snapshotter: store.snapshotter }
  const pump = new Pump({ graph, feeds, clock, memory, outbox, deadLetters, insight, log, push, time, real, turn, reached, durable })
  return {
    feeds,
    pump,
    get isDurable() {
      return !durable || durable.journal.durable >= memory.entry
    },
    end: () => push.time(log.time('end')),
  }
}
