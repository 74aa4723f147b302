import { join } from 'node:path'
import type { Graph, Job } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { View } from '../views/view.js'
import type { ViewRegistry } from '../views/view-registry.js'
import { BackOff } from './back-off.js'
import { DeadLetterStore } from './dead-letter-store.js'
import { EntryPush } from './entry-push.js'
import { IdSet } from './id-set.js'
import { JobClock } from './job-clock.js'
import { type JobCounts, newCounts } from './job-counts.js'
import { type JobSnapshot, SnapshotStore } from './job-snapshot.js'
import { lateRows } from './late-rows.js'
import { Origins } from './origins.js'
import { Outbox } from './outbox.js'
import { Pump } from './pump.js'
import { SourceFeed } from './source-feed.js'

/** Restarts without a healthy minute between them before the job is given up. */
const mostRestarts = 5
const healthyMs = 60_000

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
}

export interface DrainOptions {
  /** Fire the windows that are open; otherwise they go into the snapshot. */
  readonly firePartial: boolean
  /** Real ms to wait for the sinks. */
  readonly deadlineMs?: number
}

const defaultDeadlineMs = 30_000

/** One job from start to end: its runs, restarts after errors, graceful stop and snapshot. */
export class JobRunner {
  readonly options: JobRunnerOptions
  readonly counts: JobCounts = newCounts()
  readonly deadLetters: DeadLetterStore
  readonly views = new Map<string, View>()
  phase: 'starting' | 'running' | 'draining' | 'stopped' | 'failed' = 'starting'
  error: MillraceError | undefined
  restarts = 0
  graph!: Graph
  outbox!: Outbox
  clock!: JobClock
  feeds: readonly SourceFeed[] = []
  #origins = new Origins()
  readonly #ids: IdSet
  #entry = 0
  #push: EntryPush | undefined
  #pump: Pump | undefined
  readonly #snapshots: SnapshotStore | undefined
  #ending: { snapshot: boolean; firePartial: boolean; deadlineMs: number } | undefined
  #changed: () => void = () => undefined
  #done: Promise<void> | undefined

  constructor(options: JobRunnerOptions) {
    this.options = options
    const { job, dataDir, real, random, log } = options
    const file = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name))
    this.deadLetters = new DeadLetterStore({
      job: job.id,
      path: file('dead-letters.ndjson'),
      real,
      random,
      log,
      onStored: () => this.#wake(),
    })
    this.#ids = new IdSet({ key: Number.parseInt(random.hex(8), 16) | 0 })
    const path = file('snapshot')
    this.#snapshots = path === undefined ? undefined : new SnapshotStore(path, log)
  }

  get id(): string {
    return this.options.job.id
  }

  /** Prepares the first run: calls the job function, restores the snapshot. Nothing is opened before. @throws MR421 and errors of the job. */
  async prepare(): Promise<void> {
    const { real, random, views, time } = this.options
    this.graph = this.#startGraph()
    const snapshot = await this.#snapshots?.load(this.graph)
    this.clock = new JobClock(time, real, snapshot?.clock)
    this.outbox = new Outbox({
      sinks: this.graph.sinks,
      open: async sink => {
        if (sink.spec.kind !== 'view') return await sink.spec.open(this.#context(sink.id))
        return writers.get(sink.id)!
      },
      real,
      random,
      maxBytes: this.options.outboxBytes,
      events: {
        acknowledged: () => this.#wake(),
        refused: async (item, error) => {
          const { outputs, position } = item
          const bytes = new TextEncoder().encode(JSON.stringify({ sink: outputs.sink, ids: outputs.ids }))
          const at = this.clock.wall
          this.deadLetters.add(position.entry, 1e6 + position.ordinal, {
            source: outputs.sink,
            code: error.code,
            reason: error.message,
            at,
            bytes,
          })
        },
        failed: error => this.#fatal(error),
      },
    })
    const opened = this.graph.sinks.filter(sink => sink.spec.kind === 'view').map(sink => [sink.id, views.open(this.id, sink)] as const)
    const writers = new Map(opened.map(([id, { writer }]) => [id, writer]))
    for (const [id, { view }] of opened) this.views.set(id, view)
    if (snapshot) await this.#restore(snapshot)
  }

  async #restore(snapshot: JobSnapshot): Promise<void> {
    this.graph.restore(snapshot.graph)
    this.#ids.restore(snapshot.ids)
    this.#origins = new Origins(snapshot.origins)
    this.#entry = snapshot.entry
    Object.assign(this.counts, snapshot.counts)
    for (const [id, rows] of Object.entries(snapshot.views)) this.views.get(id)?.restore(rows)
    await this.#snapshots!.retire()
    this.outbox.restore(snapshot.outputs)
    this.options.log.info(`restored the snapshot of the last stop`, { job: this.id, entry: snapshot.entry })
  }

  #startGraph(): Graph {
    return this.options.job.start({ bounded: false, elapsed: () => this.options.real.monotonic(), debug: this.options.debug })
  }

  #context(id: string) {
    const { real, random, log, env, embeddedNode, sourceBufferBytes } = this.options
    return { job: this.id, id, time: real, random, log, env, embeddedNode, bufferBytes: sourceBufferBytes }
  }

  /** Runs until the job ends, is stopped or fails for good; `phase` and `error` tell which. Never rejects. */
  run(): Promise<void> {
    this.#done ??= this.#supervise()
    return this.#done
  }

  async #supervise(): Promise<void> {
    const backOff = new BackOff(this.options.random)
    this.outbox.start()
    for (;;) {
      const began = this.options.real.monotonic()
      try {
        this.#connect()
        if (!this.#ending) this.phase = 'running'
        await this.#pump!.run()
        return await this.#finish()
      } catch (thrown) {
        const error = asMillraceError(thrown, this.id)
        this.options.log.error(error.message, { code: error.code, job: this.id, hint: error.hint })
        this.error = error
        if (this.options.real.monotonic() - began > healthyMs) backOff.reset()
        if (!(await this.#mayRestart(error, backOff))) return await this.#fail()
      }
    }
  }

  async #mayRestart(error: MillraceError, backOff: BackOff): Promise<boolean> {
    await Promise.allSettled(this.feeds.map(feed => feed.release()))
    if (this.#ending || (error.action !== 'retry' && error.action !== 'back-off')) return false
    if (backOff.attempts >= mostRestarts) {
      this.error = new MillraceError('MR411', `'${this.id}' failed ${mostRestarts + 1} times: ${error.message}`, {
        cause: error,
        hint: error.hint,
        notes: error.notes,
        ...(error.place && { place: error.place }),
      })
      return false
    }
    await new Promise<void>(resolve => this.options.real.after(backOff.next(), resolve))
    if (this.#ending) return false
    this.restarts++
    // Without a journal the state of the broken run is lost; what guards it goes with it, so that input sent again counts.
    this.counts.late += lateRows(this.graph)
    try {
      this.graph = this.#startGraph()
    } catch (thrown) {
      this.error = asMillraceError(thrown, this.id)
      return false
    }
    this.#ids.clear()
    return true
  }

  #connect(): void {
    this.#entry = Math.max(this.#entry, this.#push?.entry ?? 0)
    const { graph, clock, outbox, deadLetters, counts } = this
    const { time, real, random } = this.options
    this.feeds = graph.sources.map(
      source =>
        new SourceFeed({
          source,
          context: this.#context(source.id),
          time,
          real,
          backOff: new BackOff(random),
          wake: () => this.#wake(),
          lost: reader => this.#pump?.forget(reader),
          failed: error => this.#fatal(error),
        }),
    )
    const parts = { graph, clock, origins: this.#origins, outbox, deadLetters, ids: this.#ids, counts, entry: this.#entry }
    this.#push = new EntryPush(parts)
    this.#pump = new Pump({ graph, feeds: this.feeds, clock, origins: this.#origins, outbox, deadLetters, push: this.#push, time, real })
  }

  #wake(): void {
    this.#pump?.wake()
    this.#changed()
  }

  /** An error of a source or sink that ends the job: at once, or after what was received. */
  #fatal(error: MillraceError): void {
    this.error ??= error
    if (error.action === 'drain') void this.drain({ firePartial: false })
    else this.#pump?.halt(error)
  }

  /** Stop credit, give back what was not pushed, wait for the sinks, settle, snapshot, close. */
  stop(deadlineMs = defaultDeadlineMs): Promise<void> {
    this.#ending ??= { snapshot: true, firePartial: false, deadlineMs }
    if (this.phase === 'running' || this.phase === 'starting') this.phase = 'draining'
    this.#pump?.halt()
    return this.#done ?? Promise.resolve()
  }

  /** Stop credit, process what was received, then as `stop`. */
  async drain(options: DrainOptions): Promise<void> {
    this.#ending ??= {
      snapshot: !options.firePartial,
      firePartial: options.firePartial,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
    }
    if (this.phase === 'running' || this.phase === 'starting') this.phase = 'draining'
    await Promise.allSettled(this.feeds.map(feed => feed.drain()))
    this.#wake()
    await this.#done
  }

  async #finish(): Promise<void> {
    const ending = this.#ending ?? { snapshot: false, firePartial: false, deadlineMs: defaultDeadlineMs }
    this.phase = 'draining'
    if (ending.firePartial) this.#push!.finish(this.graph.sources.map(source => source.id))
    this.#entry = this.#push!.entry
    const quiet = await this.#quiet(ending.deadlineMs)
    this.#pump!.settle()
    const kept = ending.snapshot && this.#snapshots !== undefined && (await this.#save())
    // What the snapshot holds, outputs included, need not come again.
    if (kept) this.#pump!.settlement.settleBelow(Number.POSITIVE_INFINITY)
    if (!quiet) {
      const rows = [...this.outbox.lanes.values()].map(lane => lane.pendingRows).reduce((a, b) => a + b, 0)
      const where = kept ? 'they are in the snapshot' : 'they are lost'
      this.options.log.warn(`${rows} rows were not acknowledged in time; ${where}`, { code: 'MR414', job: this.id })
    }
    await this.#close()
    this.phase = this.error && this.error.action === 'stop' ? 'failed' : 'stopped'
  }

  async #save(): Promise<boolean> {
    const { graph, clock, outbox, counts } = this
    const views = Object.fromEntries([...this.views].map(([id, view]) => [id, view.snapshot()]))
    try {
      await this.#snapshots!.save(graph, {
        graph: graph.snapshot(),
        clock: clock.state(),
        ids: this.#ids.snapshot(),
        origins: this.#origins.state(),
        entry: this.#entry,
        counts: { ...counts },
        views,
        outputs: outbox.snapshot(),
      })
      return true
    } catch (thrown) {
      this.error = asMillraceError(thrown, this.id)
      this.options.log.error(this.error.message, { code: this.error.code, job: this.id })
      return false
    }
  }

  async #fail(): Promise<void> {
    await this.#close()
    this.phase = 'failed'
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.feeds.map(feed => feed.release()))
    await this.outbox.close()
    await this.deadLetters.close()
  }

  /** Resolves true when every output and dead letter is out, false when time is over. */
  #quiet(deadlineMs: number): Promise<boolean> {
    const out = () => this.outbox.empty && this.deadLetters.oldestEntry === Number.POSITIVE_INFINITY
    return new Promise(resolve => {
      const end = (result: boolean) => {
        this.#changed = () => undefined
        cancel()
        resolve(result)
      }
      const cancel = this.options.real.after(deadlineMs, () => end(false))
      this.#changed = () => {
        if (out()) end(true)
      }
      this.#changed()
    })
  }
}

function asMillraceError(thrown: unknown, job: string): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new MillraceError('MR410', `'${job}' failed: ${reason}`, { cause: thrown })
}
