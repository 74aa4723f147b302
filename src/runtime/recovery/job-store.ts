import type { Journal } from '../../journal/journal.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'
import { asMillraceError } from '../as-millrace-error.js'
import { type Durability, type DurabilityEvents, openDurability } from '../flow/durability.js'
import { Pause } from '../flow/pause.js'
import type { JobRunnerOptions } from '../job-runner-options.js'
import { JobBundles } from './job-bundles.js'
import { captureJob, headerOf, type KeptParts } from './job-snapshot.js'
import { planShape } from './plan-shape.js'
import { type Recovered, type RecoveryParts, recoverJob } from './recover-job.js'
import { semanticVersions } from './semantic-versions.js'
import { Snapshotter } from './snapshotter.js'

/** Real ms between two looks whether the journal can be written. */
const lookMs = 20

/** A job's data folder in the hands of one epoch: recovery at its beginning, snapshots on the way and at the end. */
export interface JobStore {
  readonly durability: Durability
  readonly snapshotter: Snapshotter
  /** What the last recovery took. */
  readonly recovery: { readonly replayed: number; readonly ms: number }
  /** @throws see `recoverJob`; the folder is left as it is then. */
  recover(parts: Pick<RecoveryParts, 'deadLetters' | 'views' | 'freshViews' | 'start'>): Promise<Recovered>
  /**
   * The job goes on from here: the text that takes in what follows is kept before its first entry. On a full disk it may be
   * tried again. @throws MR422, MR445
   */
  begin(recovered: Recovered, parts: KeptParts): Promise<void>
  /** The last snapshot, at rest; false where it was not written: then the journal makes the state again. */
  end(): Promise<boolean>
  close(): Promise<void>
}

/** Takes over a data folder; see `openDurability`. */
export async function openJobStore(options: JobRunnerOptions, dataDir: string, events: DurabilityEvents): Promise<JobStore> {
  const durability = await openDurability(options, dataDir, events)
  return new OpenJobStore(options, dataDir, durability)
}

class OpenJobStore implements JobStore {
  readonly durability: Durability
  snapshotter!: Snapshotter
  recovery = { replayed: 0, ms: 0 }
  readonly #options: JobRunnerOptions
  readonly #dataDir: string
  #bundles!: JobBundles
  /** The journal has been told of a new text. */
  #noted = false
  #closed = false

  constructor(options: JobRunnerOptions, dataDir: string, durability: Durability) {
    this.#options = options
    this.#dataDir = dataDir
    this.durability = durability
  }

  async recover(parts: Pick<RecoveryParts, 'deadLetters' | 'views' | 'freshViews' | 'start'>): Promise<Recovered> {
    const { job, code, disk, log, factories } = this.#options
    const { origin } = this.durability
    const start: RecoveryParts['start'] = one => parts.start(one, origin)
    try {
      const { plan } = start(job)
      this.#bundles = new JobBundles(job, plan, code, disk, this.#dataDir, factories.storedJob)
      const recovered = await recoverJob({ ...parts, start, options: this.#options, durability: this.durability, bundles: this.#bundles })
      const { replayed, ms } = recovered
      this.recovery = { replayed, ms }
      const { loaded } = this.durability
      if (loaded || replayed > 0) {
        const from = loaded ? `the snapshot behind entry ${loaded.entry}` : 'the beginning of the journal'
        log.info(`recovered from ${from} and ${replayed} ${replayed === 1 ? 'entry' : 'entries'} in ${Math.round(ms)} ms`, {
          job: job.id,
          entry: recovered.memory.entry,
        })
      }
      return recovered
    } catch (error) {
      await this.close()
      throw asMillraceError(error, job.id)
    }
  }

  async begin({ graph, memory, moved, names, replayed, ms }: Recovered, parts: KeptParts): Promise<void> {
    const { job, tuning, real, log, reached, release } = this.#options
    const { journal, snapshots, loaded } = this.durability
    const semantics = semanticVersions(graph.plan)
    const { current: bundle, plan } = this.#bundles
    const before = loaded && headerOf(loaded).bundles
    const bundles = await this.#bundles.retain(before ?? {}, memory.entry, journal.segments()[0]?.first ?? 1)
    // The same in every snapshot of this process, and dear to make.
    const identity = { bundle, bundles, names: names.kept, plan, shape: planShape(graph.plan), semantics, release }
    this.snapshotter = new Snapshotter({
      job: job.id,
      journal,
      store: snapshots,
      ids: memory.ids,
      tuning,
      real,
      log,
      reached,
      capture: () => captureJob(parts, identity),
      entry: loaded?.entry ?? 0,
      replayed: { entries: replayed, ms },
    })
    if (!moved) return this.#keepText()
    try {
      await this.#bundles.save()
      // The note first, durable with the snapshot: should that prove damaged later, the journal says which text took in what.
      if (!this.#noted) journal.note({ kind: 'bundle', bundle, plan, semantics, ...(release !== undefined && { release }) })
      this.#noted = true
      await flushed(journal, real)
      if (memory.entry > 0) await this.snapshotter.takeOrThrow()
    } catch (error) {
      throw asMillraceError(error, job.id)
    }
  }

  /** Lost or altered since it was kept, the text can still be had: after the next edit it cannot. */
  async #keepText(): Promise<void> {
    const { job, log } = this.#options
    await this.#bundles
      .save()
      .catch((error: unknown) => log.warn(`the text of '${job.id}' is not kept: ${error}`, { code: 'MR461', job: job.id }))
  }

  async end(): Promise<boolean> {
    if (this.durability.journal.failing !== undefined) return false
    return this.snapshotter.take()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.durability.journal.close().catch((error: MillraceError) => this.#options.log.warn(error.message, { code: error.code }))
  }
}

/** All that was appended is on the disk. @throws MR445 while that takes nothing: the journal would wait, and nobody would hear why. */
async function flushed(journal: Journal, real: TimeSource): Promise<void> {
  let isDone = false
  const pause = new Pause()
  const done = journal.flush().finally(() => {
    isDone = true
    pause.cut()
  })
  while (!isDone && journal.failing === undefined) await pause.wait(real, lookMs)
  const { failing } = journal
  if (isDone || failing === undefined) return await done
  done.catch(() => undefined)
  // Whatever it is, the journal asks the disk again and again; and so does the start.
  const cause = Object.assign(new Error(failing), { code: 'ENOSPC' })
  throw new MillraceError('MR445', `the journal cannot be written: ${failing}`, { cause })
}
