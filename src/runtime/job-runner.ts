import type { Graph } from '../job/graph.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import { asMillraceError } from './as-millrace-error.js'
import { checkSettings } from './check-settings.js'
import { connectRun, type Run } from './connect-run.js'
import { Ending } from './ending.js'
import type { JobClock } from './flow/job-clock.js'
import { leftHalfDone } from './flow/left-half-done.js'
import type { Outbox } from './flow/outbox.js'
import { Pause } from './flow/pause.js'
import type { Pump } from './flow/pump.js'
import { Quiet } from './flow/quiet.js'
import type { SourceFeed } from './flow/source-feed.js'
import { unsent } from './flow/unsent.js'
import { JobInsight } from './insight/job-insight.js'
import { isFull } from './is-full.js'
import type { DrainOptions, JobRunnerOptions } from './job-runner-options.js'
import { type JobViews, openViews } from './job-views.js'
import type { DeadLetterStore } from './letters/dead-letter-store.js'
import type { FolderLock } from './recovery/folder-lock.js'
import { type JobAtRest, type RestingEvents, startGraph } from './recovery/job-at-rest.js'
import { JobOpening } from './recovery/job-opening.js'
import type { JobStore } from './recovery/job-store.js'
import { risingEpochs } from './recovery/rising-epochs.js'
import { RestartPolicy } from './restart-policy.js'
import type { JobMemory } from './status/job-memory.js'
import { tellFailure } from './tell-failure.js'

/** One job from start to end: recovery, runs, restarts after errors, graceful stop. */
export class JobRunner {
  readonly options: JobRunnerOptions
  phase: 'starting' | 'running' | 'draining' | 'stopped' | 'failed' = 'starting'
  error: MillraceError | undefined
  restarts = 0
  graph!: Graph
  memory!: JobMemory
  clock!: JobClock
  outbox!: Outbox
  deadLetters!: DeadLetterStore
  views!: JobViews
  /** Nodes and sinks that the job has, or had; undefined while its data folder has not told. */
  names: ReadonlySet<string> | undefined
  readonly insight: JobInsight
  /** What keeps the job's state; undefined where nothing outlives the process. */
  store: JobStore | undefined
  #opening!: JobOpening
  #run: Run | undefined
  #broken = false
  #ending: Ending | undefined
  readonly #quiet: Quiet
  readonly #pause = new Pause()
  #done: Promise<void> | undefined
  #lock: FolderLock | undefined
  readonly #events: RestingEvents = {
    wake: () => this.#wake(),
    fatal: error => this.#fatal(error),
    onDurable: () => {
      this.#run?.pump.durable()
      this.#quiet.look()
    },
    onFailure: error => {
      this.#run?.pump.halt(error)
      this.#quiet.giveUp()
    },
  }

  constructor(options: JobRunnerOptions) {
    this.options = { ...options, factories: risingEpochs(options.factories, options.takeOver) }
    this.#quiet = new Quiet(options.real)
    this.insight = new JobInsight(options.job.id, options.real)
  }

  /** The sources of the present run. */
  get feeds(): readonly SourceFeed[] {
    return this.#run?.feeds ?? []
  }

  /** The pump of the present run. */
  get pump(): Pump | undefined {
    return this.#run?.pump
  }

  get id(): string {
    return this.options.job.id
  }

  /** Prepares the first run: calls the job function, recovers what the data folder holds. No source or sink is opened before `run`. @throws MR42x, MR44x, MR45x, MR46x and errors of the job. */
  async prepare(): Promise<void> {
    const { job, dataDir, lock, views: registry } = this.options
    // The job's own errors come before anything is touched.
    const graph = startGraph(this.options, job)
    checkSettings(graph, this.options)
    if (dataDir !== undefined) this.#lock = await lock(dataDir)
    this.views = openViews(registry, job.id, graph)
    this.#opening = new JobOpening(this.options, this.views, this.#events)
    this.#take(await this.#opening.first(graph))
    this.#broken = !this.#opening.isOpen
  }

  #take(job: JobAtRest): void {
    this.graph = job.graph
    this.memory = job.memory
    this.clock = job.clock
    this.outbox = job.outbox
    this.deadLetters = job.deadLetters
    this.store = job.store
    this.names = job.names
    this.#broken = false
  }

  /** Runs until the job ends, is stopped or fails for good; `phase` and `error` tell which. Never rejects. */
  run(): Promise<void> {
    this.#done ??= this.#supervise()
    return this.#done
  }

  async #supervise(): Promise<void> {
    const policy = new RestartPolicy(this.options.random)
    for (;;) {
      policy.began(this.options.real.monotonic())
      try {
        if (this.#broken) this.#take(await this.#opening.again(this))
        if (isFull(this.error)) this.error = undefined
        this.outbox.start()
        this.#run = connectRun(this, error => this.#fatal(error))
        if (this.#ending || this.options.drainOnly) this.#run.pump.halt()
        else this.phase = 'running'
        await this.#run.pump.run()
        return await this.#finish(this.#run)
      } catch (thrown) {
        const error = asMillraceError(thrown, this.id)
        tellFailure(this.options, error, this.error)
        this.error = error
        if (!(await this.#mayRestart(error, policy))) return await this.#close(error.code === 'MR416' ? 'stopped' : 'failed')
      }
    }
  }

  async #mayRestart(error: MillraceError, policy: RestartPolicy): Promise<boolean> {
    await this.#leaveRun()
    // Whatever could not be written: with space it can.
    if (this.#ending || !(isFull(error) || error.action === 'retry' || error.action === 'back-off')) return false
    const now = this.options.real.monotonic()
    const pause = isFull(error) ? policy.pauseForSpace(now) : policy.pause(now)
    if (pause === undefined) {
      this.error = policy.usedUp(this.id, error)
      return false
    }
    this.phase = 'starting'
    await this.#pause.wait(this.options.real, pause)
    if (this.#ending) return false
    if (!isFull(error)) this.restarts++
    return true
  }

  /** Closes what the next run opens again. */
  async #leaveRun(): Promise<void> {
    this.#broken = true
    await this.#releaseFeeds()
    if (!this.store) return
    await this.outbox.close()
    await this.deadLetters.close()
    await this.store.close()
  }

  /** Gives back what was not settled; the run that they belong to hears of nothing any more. */
  async #releaseFeeds(): Promise<void> {
    const { feeds } = this
    this.#run?.pump.settler.end()
    this.#run = undefined
    this.insight.runEnded(this.error ? `the job is started again: ${this.error.message}` : 'the job has ended')
    await Promise.allSettled(feeds.map(feed => feed.release()))
  }

  #wake(): void {
    this.#run?.pump.wake()
    this.#quiet.look()
  }

  /** An error of a source or sink that ends the job: at once, or after what was received. */
  #fatal(error: MillraceError): void {
    if (this.error?.action !== 'stop') this.error = error
    if (error.action === 'drain') return void this.drain({ firePartial: false })
    this.#run?.pump.halt(error)
    // Where its sources have ended: nobody waits for what the sink will not take.
    this.#quiet.giveUp()
  }

  /** Stop credit, give back what was not pushed, wait for the sinks, settle, snapshot, close. An entry that takes half of the time is left half done, a recovery at once. */
  stop(deadlineMs = Ending.deadlineMs): Promise<void> {
    const ended = this.#end({ firePartial: false, deadlineMs }, deadlineMs / 2)
    this.#opening.leave()
    this.#run?.pump.halt()
    return ended
  }

  /** Stop credit, process what was received, then as `stop`. */
  async drain(options: DrainOptions): Promise<void> {
    const ended = this.#end(options, options.deadlineMs ?? Ending.deadlineMs)
    await Promise.allSettled(this.feeds.map(feed => feed.drain()))
    this.#wake()
    await ended
  }

  /** Resolves when the job has ended. The pump, or a recovery before it, has so many real ms for what it has at hand. */
  async #end(options: DrainOptions, pumpMs: number): Promise<void> {
    this.#ending ??= new Ending(this.options.real, options)
    if (this.phase === 'running' || this.phase === 'starting') this.phase = 'draining'
    this.#pause.cut()
    const cancel = this.options.real.after(pumpMs, () => (this.#run?.pump ?? this.#opening).leave())
    await this.#done
    cancel()
  }

  async #finish(run: Run): Promise<void> {
    const { log, real } = this.options
    const ending = this.#ending ?? new Ending(real, { firePartial: false })
    const { left } = run.pump
    this.phase = 'draining'
    if (left) log.warn(leftHalfDone(left, this.store !== undefined), { code: 'MR415', job: this.id })
    else if (ending.firePartial) run.end()
    const isQuiet = (): boolean => this.outbox.empty && this.deadLetters.oldestEntry === Number.POSITIVE_INFINITY && run.isDurable
    const quiet = await this.#quiet.wait(isQuiet, ending.sinkMs)
    // What the entry that was left has changed so far is no state to go on from.
    const kept = !left && ((await this.store?.end()) ?? false)
    await run.pump.settler.last()
    const fate = kept ? 'in the snapshot' : this.store ? 'made again from the journal' : 'lost'
    if (!quiet) log.warn(unsent(this.outbox, fate), { code: 'MR414', job: this.id })
    await this.#close(this.error?.action === 'stop' ? 'failed' : 'stopped')
  }

  /** Leaves the data folder to others; a job that was prepared and never ran does it by this alone. */
  readonly unlock = async (): Promise<void> => {
    if (this.#done === undefined) {
      await this.deadLetters?.close()
      await this.store?.close()
    }
    await this.#opening?.close()
    await this.#lock?.release()
  }

  async #close(phase: 'stopped' | 'failed'): Promise<void> {
    await this.#releaseFeeds()
    await this.outbox.close()
    await this.deadLetters.close()
    await this.store?.close()
    await this.unlock()
    this.phase = phase
  }
}
