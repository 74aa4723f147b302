import { join } from 'node:path'
import type { Graph } from '../job/graph.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { View } from '../views/view.js'
import { asMillraceError } from './as-millrace-error.js'
import { connectRun, type Run } from './connect-run.js'
import { DeadLetterStore } from './dead-letter-store.js'
import { type FolderLock, lockFolder } from './folder-lock.js'
import { JobClock } from './job-clock.js'
import { JobMemory } from './job-memory.js'
import type { DrainOptions, JobRunnerOptions } from './job-runner-options.js'
import { type JobSnapshot, SnapshotStore } from './job-snapshot.js'
import { openOutbox } from './open-outbox.js'
import type { Outbox } from './outbox.js'
import { Pause } from './pause.js'
import { Quiet } from './quiet.js'
import { RestartPolicy } from './restart-policy.js'
import type { SourceFeed } from './source-feed.js'

const defaultDeadlineMs = 30_000

/** One job from start to end: its runs, restarts after errors, graceful stop and snapshot. */
export class JobRunner {
  readonly options: JobRunnerOptions
  readonly memory: JobMemory
  readonly deadLetters: DeadLetterStore
  views: ReadonlyMap<string, View> = new Map()
  phase: 'starting' | 'running' | 'draining' | 'stopped' | 'failed' = 'starting'
  error: MillraceError | undefined
  restarts = 0
  graph!: Graph
  outbox!: Outbox
  clock!: JobClock
  #run: Run | undefined
  readonly #snapshots: SnapshotStore | undefined
  #ending: { snapshot: boolean; firePartial: boolean; deadlineMs: number } | undefined
  readonly #quiet: Quiet
  #restored: JobSnapshot | undefined
  /** Messages that the restored snapshot counts; undefined where none was restored, or its state went with a run. */
  /** What a source or sink ended the job with; the graph is at rest then. */
  #edgeError: MillraceError | undefined
  readonly #pause = new Pause()
  #done: Promise<void> | undefined
  #lock: FolderLock | undefined

  constructor(options: JobRunnerOptions) {
    this.options = options
    const { job, dataDir, real, random, log } = options
    this.deadLetters = new DeadLetterStore({
      job: job.id,
      path: dataDir === undefined ? undefined : join(dataDir, 'dead-letters.ndjson'),
      real,
      random,
      log,
      onStored: () => this.#wake(),
    })
    this.#quiet = new Quiet(real)
    this.memory = new JobMemory(random)
    this.#snapshots = dataDir === undefined ? undefined : new SnapshotStore(join(dataDir, 'snapshot'), log)
  }

  /** The sources of the present run. */
  get feeds(): readonly SourceFeed[] {
    return this.#run?.feeds ?? []
  }

  get id(): string {
    return this.options.job.id
  }

  /** Prepares the first run: calls the job function, restores the snapshot. Nothing is opened before. @throws MR421, MR425, MR426 and errors of the job. */
  async prepare(): Promise<void> {
    const { real, time, dataDir, random } = this.options
    this.graph = this.#startGraph()
    if (dataDir !== undefined) this.#lock = await lockFolder(dataDir, random)
    await this.deadLetters.load()
    const snapshot = await this.#snapshots?.load(this.graph)
    this.clock = new JobClock(time, real, snapshot?.clock)
    const opened = openOutbox(this.options, this.graph, this.deadLetters, {
      wake: () => this.#wake(),
      fatal: error => this.#fatal(error),
      wall: () => this.clock.wall,
    })
    this.outbox = opened.outbox
    this.views = opened.views
    if (!snapshot) return
    this.graph.restore(snapshot.graph)
    this.memory.restore(snapshot)
    for (const [id, rows] of Object.entries(snapshot.views)) this.views.get(id)?.restore(rows)
    this.#restored = snapshot
  }

  /** The snapshot is out of use before the first output is sent and the first message asked for. */
  async #open(): Promise<void> {
    if (this.#restored) {
      await this.#snapshots!.retire()
      this.outbox.restore(this.#restored.outputs)
      this.options.log.info('restored the snapshot of the last stop', { job: this.id, entry: this.#restored.entry })
      this.#restored = undefined
    }
    this.outbox.start()
  }

  #startGraph(): Graph {
    return this.options.job.start({ bounded: false, elapsed: () => this.options.real.monotonic(), debug: this.options.debug })
  }

  /** Runs until the job ends, is stopped or fails for good; `phase` and `error` tell which. Never rejects. */
  run(): Promise<void> {
    this.#done ??= this.#supervise()
    return this.#done
  }

  async #supervise(): Promise<void> {
    const policy = new RestartPolicy(this.options.random)
    let open = false
    for (;;) {
      policy.began(this.options.real.monotonic())
      try {
        if (!open) await this.#open()
        open = true
        this.#run = connectRun(this, this.graph, error => this.#fatal(error))
        if (this.#ending) this.#run.pump.halt()
        else this.phase = 'running'
        await this.#run.pump.run()
        return await this.#finish(this.#run)
      } catch (thrown) {
        const error = asMillraceError(thrown, this.id)
        this.options.log.error(error.message, { code: error.code, job: this.id, hint: error.hint })
        this.error = error
        if (!(await this.#mayRestart(error, policy))) return await this.#fail()
      }
    }
  }

  async #mayRestart(error: MillraceError, policy: RestartPolicy): Promise<boolean> {
    await Promise.allSettled(this.feeds.map(feed => feed.release()))
    if (this.#ending || (error.action !== 'retry' && error.action !== 'back-off')) return false
    const pause = policy.pause(this.options.real.monotonic())
    if (pause === undefined) {
      this.error = policy.usedUp(this.id, error)
      return false
    }
    this.phase = 'starting'
    await this.#pause.wait(this.options.real, pause)
    if (this.#ending) return false
    this.restarts++
    this.memory.runLost(this.graph)
    try {
      this.graph = this.#startGraph()
    } catch (thrown) {
      this.error = asMillraceError(thrown, this.id)
      return false
    }
    return true
  }

  #wake(): void {
    this.#run?.pump.wake()
    this.#quiet.look()
  }

  /** An error of a source or sink that ends the job: at once, or after what was received. */
  #fatal(error: MillraceError): void {
    this.error ??= error
    this.#edgeError ??= error
    if (error.action === 'drain') void this.drain({ firePartial: false })
    else this.#run?.pump.halt(error)
  }

  /** Stop credit, give back what was not pushed, wait for the sinks, settle, snapshot, close. */
  stop(deadlineMs = defaultDeadlineMs): Promise<void> {
    this.#ending ??= { snapshot: true, firePartial: false, deadlineMs }
    if (this.phase === 'running' || this.phase === 'starting') this.phase = 'draining'
    this.#pause.cut()
    this.#run?.pump.halt()
    return this.#done ?? Promise.resolve()
  }

  /** Stop credit, process what was received, then as `stop`. */
  async drain(options: DrainOptions): Promise<void> {
    const { firePartial, deadlineMs = defaultDeadlineMs } = options
    this.#ending ??= { snapshot: !firePartial, firePartial, deadlineMs }
    if (this.phase === 'running' || this.phase === 'starting') this.phase = 'draining'
    this.#pause.cut()
    const cancel = this.options.real.after(this.#ending.deadlineMs, () => this.#run?.pump.halt())
    await Promise.allSettled(this.feeds.map(feed => feed.drain()))
    this.#wake()
    await this.#done
    cancel()
  }

  async #finish(run: Run): Promise<void> {
    const ending = this.#ending ?? { snapshot: false, firePartial: false, deadlineMs: defaultDeadlineMs }
    this.phase = 'draining'
    if (ending.firePartial) run.push.finish(this.graph.sources.map(source => source.id))
    const isQuiet = (): boolean => this.outbox.empty && this.deadLetters.oldestEntry === Number.POSITIVE_INFINITY
    const quiet = await this.#quiet.wait(isQuiet, ending.deadlineMs)
    run.pump.settle()
    const kept = (ending.snapshot || this.#isWhole) && this.#snapshots !== undefined && (await this.#save())
    // What the snapshot holds, outputs included, need not come again.
    if (kept) run.pump.settlement.settleBelow(Number.POSITIVE_INFINITY)
    if (!quiet) {
      const rows = [...this.outbox.lanes.values()].map(lane => lane.pendingRows).reduce((a, b) => a + b, 0)
      const unsent = `${rows} rows were not acknowledged in time; they are ${kept ? 'in the snapshot' : 'lost'}`
      this.options.log.warn(unsent, { code: 'MR414', job: this.id })
    }
    await this.#close()
    this.phase = this.error && this.error.action === 'stop' ? 'failed' : 'stopped'
  }

  /** A source or sink failed for good, such as for a wrong password: the graph is at rest and whole, and worth keeping. */
  get #isWhole(): boolean {
    return this.error !== undefined && this.error === this.#edgeError
  }

  async #save(): Promise<boolean> {
    const { graph, clock, outbox, memory } = this
    const views = Object.fromEntries([...this.views].map(([id, view]) => [id, view.snapshot()]))
    try {
      const state = { graph: graph.snapshot(), clock: clock.state(), views, outputs: outbox.snapshot() }
      await this.#snapshots!.save(graph, { ...state, ...memory.snapshot() })
      return true
    } catch (thrown) {
      this.error = asMillraceError(thrown, this.id)
      this.options.log.error(this.error.message, { code: this.error.code, job: this.id })
      return false
    }
  }

  async #fail(): Promise<void> {
    // What it took in was accepted and will not come again; what could not be settled comes again under its id.
    if (this.#isWhole && this.#snapshots && (await this.#save())) this.#run?.pump.settlement.settleBelow(Number.POSITIVE_INFINITY)
    await this.#close()
    this.phase = 'failed'
  }

  /** Leaves the data folder to others; a job that was prepared and never ran does it by this alone. */
  readonly unlock = async (): Promise<void> => this.#lock?.release()

  async #close(): Promise<void> {
    await Promise.allSettled(this.feeds.map(feed => feed.release()))
    await this.outbox.close()
    await this.deadLetters.close()
    await this.unlock()
  }
}
