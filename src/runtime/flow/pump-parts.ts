import type { Graph } from '../../job/graph.js'
import type { Reached } from '../../model/crash-point.js'
import type { TimeSource } from '../../model/seams.js'
import type { JobInsight } from '../insight/job-insight.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import type { JobMemory } from '../status/job-memory.js'
import type { Durable } from './durability.js'
import type { EntryLog } from './entry-log.js'
import type { EntryPush } from './entry-push.js'
import type { JobClock } from './job-clock.js'
import type { LoopTurn } from './loop-turn.js'
import type { Outbox } from './outbox.js'
import type { SourceFeed } from './source-feed.js'

/** What a pump drives, and drives it with. */
export interface PumpParts {
  readonly graph: Graph
  readonly feeds: readonly SourceFeed[]
  readonly clock: JobClock
  readonly memory: JobMemory
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  readonly insight: JobInsight
  readonly log: EntryLog
  readonly push: EntryPush
  readonly time: TimeSource
  readonly real: TimeSource
  readonly turn: LoopTurn
  readonly reached: Reached
  /** Undefined: nothing outlives the process, and a chunk is settled once its outputs are acknowledged. */
  readonly durable: Durable | undefined
}
