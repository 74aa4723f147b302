import { join } from 'node:path'
import type { Graph, Job } from '../../job/graph.js'
import type { Fence } from '../../journal/fence.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { JobClock } from '../flow/job-clock.js'
import { openOutbox } from '../flow/open-outbox.js'
import type { Outbox } from '../flow/outbox.js'
import type { JobRunnerOptions } from '../job-runner-options.js'
import type { JobViews } from '../job-views.js'
import { DeadLetterFile } from '../letters/dead-letter-file.js'
import { DeadLetterStore } from '../letters/dead-letter-store.js'
import { JobMemory, newIds } from '../status/job-memory.js'
import { type JobStore, openJobStore } from './job-store.js'
import { NodeNames } from './node-names.js'

/** A job between two entries, ready to run. */
export interface JobAtRest {
  readonly graph: Graph
  readonly memory: JobMemory
  readonly clock: JobClock
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  /** What keeps the job's state; undefined where nothing outlives the process. */
  readonly store: JobStore | undefined
  /** Nodes and sinks that there are, or were; undefined while the data folder has not told. */
  readonly names: ReadonlySet<string> | undefined
}

export interface RestingEvents {
  /** Outputs were acknowledged, or dead letters stored. */
  readonly wake: () => void
  /** A source or sink ends the job. */
  readonly fatal: (error: MillraceError) => void
  readonly onDurable: () => void
  /** The journal was given up. */
  readonly onFailure: (error: MillraceError) => void
  /** The former state was put aside, as `reset` asks. */
  readonly onPutAside?: () => void
}

/** Calls the job function: a run without a past. */
export function startGraph({ factories, real, debug, random }: JobRunnerOptions, job: Job, origin?: string): Graph {
  // Without a journal entries count from 1 in every process, and names made from them must differ.
  const graph = job.start({ bounded: false, elapsed: () => real.monotonic(), debug, origin: origin ?? random.hex(8) })
  return factories.graph(graph)
}

/** A job without a data folder begins with nothing. */
export function freshJob(options: JobRunnerOptions, graph: Graph, views: JobViews, events: RestingEvents): JobAtRest {
  const { time, real, random, factories } = options
  const memory = new JobMemory(factories.ids(newIds(random)))
  const clock = factories.clock(new JobClock(time, real))
  const deadLetters = lettersOf(options, random.hex(8), undefined, events)
  const outbox = openOutbox({ ...events, options, graph, views, deadLetters, durability: undefined, wall: () => clock.wall })
  const names = new NodeNames()
  names.addGraph(graph)
  return { graph, memory, clock, outbox, deadLetters, store: undefined, names: names.all }
}

export interface Recovery {
  readonly dataDir: string
  readonly views: JobViews
  /** The views are empty; otherwise they hold what a former run of this process gave them. */
  readonly freshViews: boolean
  /** Put the state aside first. */
  readonly reset: boolean
}

/** A job as its data folder holds it, before that holds all that the job needs to go on. */
export interface RecoveredJob {
  readonly job: JobAtRest
  /** Writes what is missing; to be tried again where the disk is full. @throws see `JobStore.begin` */
  begin(): Promise<void>
  /** Leaves the folder to others. */
  close(): Promise<void>
}

/** A job as its data folder holds it. @throws see `openDurability` and `recoverJob`; the folder is left to others then. */
export async function recoveredJob(options: JobRunnerOptions, recovery: Recovery, events: RestingEvents): Promise<RecoveredJob> {
  const { dataDir, views, freshViews, reset } = recovery
  const store = await openJobStore({ ...options, reset }, dataDir, events)
  const { durability } = store
  const deadLetters = lettersOf(options, durability.origin, durability.fence, events)
  // What a replay has refused is under way to the file, which the next attempt opens.
  const close = async (): Promise<void> => {
    await deadLetters.close()
    await store.close()
  }
  try {
    await deadLetters.load()
    checkEnd(durability.journal.last, deadLetters.told)
    const start = (job: Job): Graph => startGraph(options, job, durability.origin)
    const recovered = await store.recover({ deadLetters, views: views.all, freshViews, start })
    const { graph, memory, clock } = recovered
    const outbox = openOutbox({ ...events, options, graph, views, deadLetters, durability, wall: () => clock.wall })
    outbox.restore(recovered.outputs)
    deadLetters.release(memory.entry)
    return {
      job: { graph, memory, clock, outbox, deadLetters, store, names: recovered.names.all },
      async begin() {
        await store.begin(recovered, { graph, clock, memory, outbox, deadLetters, views: views.all })
        options.reached('recovered')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A letter is stored when its entry is durable. Gone on with, what follows would get numbers whose letters the file holds already,
 * and lose its own.
 */
function checkEnd(last: number, told: number): void {
  if (told <= last) return
  throw new MillraceError(
    'MR442',
    `the journal ends with entry ${last}, and there is a dead letter of entry ${told}: what came between is gone`,
  )
}

function lettersOf(options: JobRunnerOptions, origin: string, fence: Fence | undefined, { wake, fatal }: RestingEvents): DeadLetterStore {
  const { job, dataDir, disk, real, random, log, reached, takeOver } = options
  const file = dataDir === undefined ? undefined : new DeadLetterFile(disk, join(dataDir, 'dead-letters.ndjson'), { fence, takeOver })
  return new DeadLetterStore({ job: job.id, file, origin, real, random, log, reached, onStored: wake, failed: fatal })
}
