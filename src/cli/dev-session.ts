import { join } from 'node:path'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { dashboardFolders, dashboardsFolder } from './dashboards-folder.js'
import { type DevJob, loadDevJob } from './dev-job.js'
import { type Misfit, misfitFrom, misfitOf } from './dev-misfit.js'
import { amqpPort, type EmbeddedNode, needsNode, startEmbeddedNode } from './embedded-node.js'
import { type ListenAddress, listenAddress } from './listen-address.js'
import { type LiveProcess, startLive } from './live-process.js'

export interface DevSessionOptions {
  readonly paths: readonly string[]
  readonly log: Log
  readonly http: ListenAddress | undefined
  readonly amqp: ListenAddress | undefined
  readonly dataDir: string | undefined
  /** Live readers at a time, at most. */
  readonly mostReaders?: number
  readonly drop: readonly string[]
  /** Aborted, a start is left (MR416), and no other text is started. */
  readonly signal: AbortSignal
  /** A started process is there to be told of. */
  readonly started: (live: LiveProcess) => void
}

/** What a reload came to. */
export type Reload =
  | { readonly kind: 'runs'; readonly ms: number }
  /** The text that runs is the text of the files. */
  | { readonly kind: 'same' }
  | { readonly kind: 'misfit'; readonly misfit: Misfit }

/**
 * Jobs that are started anew from their files while the AMQP node, the port of the page and the state stay. What does
 * not load, or would lose state, leaves the running text alone.
 */
export class DevSession {
  readonly #options: DevSessionOptions
  #http: ListenAddress | undefined
  #node: EmbeddedNode | undefined
  #live: LiveProcess | undefined
  #running: readonly DevJob[] = []
  #dashboards: string | undefined
  #refused: { readonly jobs: readonly DevJob[]; readonly drop: readonly string[] } | undefined

  constructor(options: DevSessionOptions) {
    this.#options = options
    this.#http = options.http
  }

  get live(): LiveProcess | undefined {
    return this.#live
  }

  /** The jobs that run. */
  get jobs(): readonly DevJob[] {
    return this.#running
  }

  /** Their files, and those of an edit that would lose state: it may still be mended, or chosen. */
  get inputs(): readonly string[] {
    return [...this.#running, ...(this.#refused?.jobs ?? [])].flatMap(({ inputs }) => inputs)
  }

  /** The folder of dashboards that the server follows. */
  get dashboards(): string | undefined {
    return this.#dashboards
  }

  /**
   * Loads the files and lets the jobs go on from there; `force` also where their text is the same.
   *
   * @throws what the files do wrong, and what a start refuses; the former text then runs on.
   */
  async reload(force: boolean): Promise<Reload> {
    const began = systemTime.monotonic()
    this.#refused = undefined
    const jobs = await Promise.all(this.#options.paths.map(path => loadDevJob(path)))
    const same = jobs.length === this.#running.length && jobs.every(({ code }, i) => code === this.#running[i]!.code)
    if (same && !force) return { kind: 'same' }
    const { drop } = this.#options
    const misfit = misfitOf(this.#running, jobs, drop)
    if (misfit) return this.#refuse(jobs, misfit)
    return this.#switch(jobs, drop, began)
  }

  /** Goes on with the edit that was refused last, without the state that does not fit; undefined where there is none. */
  async giveUp(): Promise<Reload | undefined> {
    const refused = this.#refused
    this.#refused = undefined
    return refused && this.#switch(refused.jobs, [...this.#options.drop, ...refused.drop], systemTime.monotonic())
  }

  /** Ends the jobs in order: state is saved. */
  async close(): Promise<void> {
    await this.#stop()
    await this.#node?.close()
  }

  #refuse(jobs: readonly DevJob[], misfit: Misfit): Reload {
    this.#refused = { jobs, drop: misfit.drop }
    return { kind: 'misfit', misfit }
  }

  async #switch(jobs: readonly DevJob[], drop: readonly string[], began: number): Promise<Reload> {
    const former = this.#running
    await this.#stop()
    try {
      await this.#start(jobs, drop)
    } catch (error) {
      if (former.length > 0 && !this.#options.signal.aborted) await this.#start(former, [])
      // What waits for a sink that is gone shows only now.
      if (error instanceof MillraceError && error.code === 'MR421') return this.#refuse(jobs, misfitFrom(error))
      throw error
    }
    return { kind: 'runs', ms: systemTime.monotonic() - began }
  }

  async #stop(): Promise<void> {
    const live = this.#live
    this.#live = undefined
    this.#running = []
    if (!live) return
    await live.jobs.stop()
    await live.close()
  }

  async #start(jobs: readonly DevJob[], drop: readonly string[]): Promise<void> {
    const { log, dataDir, paths, mostReaders, signal } = this.#options
    const node = await this.#nodeFor(jobs)
    // One that is not there yet is followed, too.
    const dashboards = dashboardsFolder(paths) ?? dashboardFolders(paths)[0]!
    const live = await startLive({
      jobs: jobs.map(({ job }) => job),
      log,
      http: this.#http,
      ...(node && { node }),
      dashboards,
      ...(dataDir !== undefined && { dataDir }),
      ...(mostReaders !== undefined && { mostReaders }),
      state: { bundles: new Map(jobs.map(({ job, code }) => [job.id, code])), drop },
      signal,
    })
    this.#live = live
    this.#running = jobs
    this.#dashboards = dashboards
    // Pages come back to where they were.
    if (live.server && this.#http) this.#http = { host: this.#http.host, port: live.server.port, named: true }
    this.#options.started(live)
  }

  /** One for the whole session, started when a job first needs it: who sends to it is not cut off by a reload. */
  async #nodeFor(jobs: readonly DevJob[]): Promise<EmbeddedNode | undefined> {
    const { log, amqp, dataDir } = this.#options
    const graphs = jobs.map(({ graph }) => graph)
    if (this.#node || !needsNode(graphs, process.env)) return this.#node
    const folder = join(dataDir ?? '.millrace', '_node')
    this.#node = await startEmbeddedNode(amqp ?? listenAddress(undefined, amqpPort), systemTime, log, { folder, takeOver: false })
    return this.#node
  }
}
