import { join } from 'node:path'
import type { OutputBatch } from '../connector/sink.js'
import type { Job } from '../job/graph.js'
import { defaultTuning, type JournalTuning } from '../journal/journal.js'
import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import { createViewRegistry } from '../views/view-registry.js'
import { createHost } from './create-host.js'
import type { Host } from './host.js'
import { type JobFactories, standardFactories } from './job-factories.js'
import { JobRunner } from './job-runner.js'
import type { DrainOptions } from './job-runner-options.js'
import { type FolderLock, lockFolder } from './recovery/folder-lock.js'
import { systemDisk } from './seams/system-disk.js'
import { systemRandom } from './seams/system-random.js'
import { systemTime } from './seams/system-time.js'

export interface StartOptions {
  readonly jobs: readonly Job[]
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  /** The jobs' clock; the machine's by default, a scaled one in the demo. */
  readonly time?: TimeSource
  /** Real time, for pauses, rates and gaps; `time` by default. */
  readonly realTime?: TimeSource
  readonly random?: RandomSource
  /** Address of the embedded AMQP node, if one runs. */
  readonly embeddedNode?: string
  /** Why that node cannot store messages at present, so that its senders wait; undefined while it can. */
  readonly nodeFailing?: () => string | undefined
  /**
   * Where state and dead letters are kept: `.millrace/<job>` by default; the folder itself for one job, a folder in it
   * for each of several. Null: nothing is kept.
   */
  readonly dataDir?: string | null
  /** Shown with the clock, such as `replaying real data at 60×`. */
  readonly clockLabel?: string
  /** The data is shifted, multiplied or disturbed on purpose. */
  readonly derived?: boolean
  /** Bytes of outputs that may wait, a job; default 32 MiB. */
  readonly outboxBytes?: number
  /** Bytes that may wait in a source; default 4 MiB. */
  readonly sourceBufferBytes?: number
  /** Sees every output of every job, provisional ones and removals too, before it waits for its sink; its memory is its own. */
  readonly onOutput?: (output: OutputBatch) => void
  /** Receives the lines of `debug` operators. */
  readonly debug?: (line: string) => void
  /** The jobs' bundles by job id (`LoadedJob.code`), to be kept beside their state; a job without one is known by its plan. */
  readonly bundles?: ReadonlyMap<string, string>
  /** How journals are written and how long they are kept. */
  readonly tuning?: Partial<JournalTuning>
  /** The running release of Millrace, for snapshots to name: an older one may have to finish what it took in. */
  readonly release?: string
  /** Puts the state in the data folders aside and begins afresh. */
  readonly reset?: boolean
  /** Nodes whose state may be given up where it does not fit the edited job. */
  readonly drop?: readonly string[]
  /** Takes the data folder though another process answers for it; that one ends when it notices (MR440). */
  readonly takeOver?: boolean
  /** Opens no source: each job processes what its journal holds, sends what waits, takes a snapshot and ends. */
  readonly drainOnly?: boolean
  /** Aborted, the start ends between two slices with MR416; what has started by then is stopped by its own `stop`. */
  readonly signal?: AbortSignal
  /** The files; the machine's by default. */
  readonly disk?: Disk
  /** Makes a data folder this process's own. */
  readonly lock?: (folder: string) => Promise<FolderLock>
  /** Told at each crash point. */
  readonly reached?: Reached
  /** How the parts that guard a job's state are made. */
  readonly factories?: Partial<JobFactories>
}

/** How a job ended. */
export interface JobEnd {
  readonly job: string
  readonly error: MillraceError | undefined
}

/** Jobs in motion. */
export interface RunningJobs {
  readonly host: Host
  /** Graceful stop: see `JobRunner.stop`. Resolves when all jobs have ended; `deadlineMs` (real, default 30 s) bounds it: half of it for what a pump has at hand, the rest for sinks. */
  stop(deadlineMs?: number): Promise<void>
  /** Stops credit and processes what was received. */
  drain(options: DrainOptions): Promise<void>
  /** Resolves when every job has ended, by itself, by `stop` or for good by an error. */
  readonly done: Promise<readonly JobEnd[]>
}

/**
 * Starts jobs side by side; each has its own pump, outbox and data folder, and a failing one touches no other.
 *
 * @throws MR430 for two jobs of one id, MR427 for a node to drop that no job has or had, MR421 for a snapshot that does not fit, MR425 for a data folder that another
 *   process uses, MR426 for one that cannot be written, MR416 where `signal` was aborted meanwhile, what `checkSettings` finds, and what a job function threw; then no
 *   source or sink was opened.
 */
export async function startJobs(options: StartOptions): Promise<RunningJobs> {
  const { jobs, log, env, embeddedNode } = options
  const time = options.time ?? systemTime
  const views = createViewRegistry()
  const ids = new Set<string>()
  for (const { id } of jobs) {
    if (ids.has(id)) throw new MillraceError('MR430', `two jobs have the id '${id}'`)
    ids.add(id)
  }
  const runners = jobs.map(
    job =>
      new JobRunner({
        job,
        time,
        real: options.realTime ?? time,
        random: options.random ?? systemRandom,
        log,
        env,
        embeddedNode,
        dataDir: folderOf(options, job.id),
        code: options.bundles?.get(job.id),
        disk: options.disk ?? systemDisk,
        lock: options.lock ?? (folder => lockFolder(folder, options.random ?? systemRandom, options.takeOver)),
        takeOver: options.takeOver ?? false,
        reached: options.reached ?? (() => undefined),
        factories: { ...standardFactories, ...options.factories },
        tuning: { ...defaultTuning, ...options.tuning },
        release: options.release,
        reset: options.reset ?? false,
        drop: options.drop ?? [],
        drainOnly: options.drainOnly ?? false,
        isLeft: () => options.signal?.aborted ?? false,
        views,
        outboxBytes: options.outboxBytes ?? 32 * 2 ** 20,
        sourceBufferBytes: options.sourceBufferBytes ?? 4 * 2 ** 20,
        onOutput: options.onOutput,
        debug: options.debug ?? (() => undefined),
      }),
  )
  try {
    for (const runner of runners) {
      heed(options.signal)
      await runner.prepare()
    }
    heed(options.signal)
    checkDropped(
      options.drop ?? [],
      runners.map(({ names }) => names),
    )
  } catch (error) {
    for (const runner of runners) await runner.unlock()
    throw error
  }
  const done = Promise.all(
    runners.map(async runner => {
      await runner.run()
      return { job: runner.id, error: runner.phase === 'failed' ? runner.error : undefined }
    }),
  )
  return {
    host: createHost({
      runners,
      views,
      clockLabel: options.clockLabel,
      derived: options.derived ?? false,
      real: options.realTime ?? time,
      nodeFailing: options.nodeFailing ?? (() => undefined),
    }),
    done,
    async stop(deadlineMs) {
      await Promise.all(runners.map(runner => runner.stop(deadlineMs)))
    },
    async drain(drain) {
      await Promise.all(runners.map(runner => runner.drain(drain)))
    },
  }
}

function folderOf({ dataDir, jobs }: StartOptions, job: string): string | undefined {
  if (dataDir === null) return undefined
  if (dataDir === undefined) return join('.millrace', job)
  return jobs.length === 1 ? dataDir : join(dataDir, job)
}

/** @throws MR416: nobody waits for these jobs any more. */
function heed(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new MillraceError('MR416', 'the start was left before its jobs ran: the next one takes in again what this one has')
}

/** @throws MR427: what does not exist is misspelt, and its state was not given up. */
function checkDropped(drop: readonly string[], known: readonly (ReadonlySet<string> | undefined)[]): void {
  // A folder on a full disk cannot tell yet.
  if (known.includes(undefined)) return
  const names = new Set(known.flatMap(ids => [...(ids ?? [])]))
  for (const name of drop.filter(name => !names.has(name))) {
    const meant = nearest(name, names)
    throw new MillraceError('MR427', `there is no node \`${name}\` whose state could be dropped`, {
      ...(meant !== undefined && { hint: `did you mean \`--drop ${meant}\`?` }),
    })
  }
}
