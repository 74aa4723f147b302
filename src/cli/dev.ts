import { dirname, relative, resolve } from 'node:path'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import { announceLive } from './announce-live.js'
import { DevDashboards, withoutDashboards } from './dev-dashboards.js'
import { DevSession, type Reload } from './dev-session.js'
import { DevTypes } from './dev-types.js'
import { hearDrop } from './hear-drop.js'
import { listenAddress } from './listen-address.js'
import type { LiveProcess } from './live-process.js'
import { type InspectOptions, openInspector } from './open-inspector.js'
import { errorText } from './print-error.js'
import { httpPort, type ProcessOptions } from './process-options.js'
import { mostReadersOf } from './reader-count.js'
import { onShutdown } from './shutdown.js'
import { SourceWatcher } from './source-watcher.js'
import { terminalLog } from './terminal-log.js'
import { toldLeft } from './told-left.js'

export interface DevOptions extends ProcessOptions, InspectOptions {
  readonly drop: readonly string[]
  /** False for `--no-types`. */
  readonly types?: boolean
}

/**
 * `millrace dev JOB…`: as `run`, and each save of a job, of a file that it imports, or of its dashboard goes on at once
 * with the state that there is. Until a signal. Gives the exit code.
 */
export async function dev(paths: readonly string[], options: DevOptions): Promise<number> {
  openInspector(options)
  return new Dev(paths, options).run()
}

class Dev {
  readonly #paths: readonly string[]
  readonly #say: (text: string) => void
  readonly #log: Log
  readonly #session: DevSession
  readonly #types: DevTypes | undefined
  readonly #dashboards: DevDashboards
  readonly #watcher: SourceWatcher
  readonly #end = new AbortController()
  /** Reloads come one after another. */
  #work: Promise<void> = Promise.resolve()
  #failed = false
  #announced = false
  #exitCode = 0
  #unhear: (() => void) | undefined

  constructor(paths: readonly string[], options: DevOptions) {
    this.#paths = paths.map(path => resolve(path))
    this.#say = text => void (options.quiet || process.stderr.write(`${text}\n`))
    this.#log = withoutDashboards(terminalLog({ json: options.json === true, quiet: options.quiet === true }))
    this.#session = new DevSession({
      paths,
      log: this.#log,
      http: options.http === false ? undefined : listenAddress(options.http, httpPort),
      amqp: options.amqp === undefined ? undefined : listenAddress(options.amqp, 0),
      dataDir: options.data,
      ...mostReadersOf(options),
      drop: options.drop,
      signal: this.#end.signal,
      started: live => this.#started(live),
    })
    this.#types = options.types === false ? undefined : new DevTypes(paths, this.#say)
    this.#dashboards = new DevDashboards(this.#paths, this.#say)
    this.#watcher = new SourceWatcher(files => this.#changed(files))
  }

  async run(): Promise<number> {
    const unlisten = onShutdown(() => {
      this.#say(pc.dim('stopping: state is saved; once more to stop at once'))
      this.#types?.close()
      this.#end.abort()
    })
    const ended = new Promise<void>(done => this.#end.signal.addEventListener('abort', () => done(), { once: true }))
    try {
      this.#watcher.follow(this.#folders())
      await this.#watcher.ready()
      await this.#attempt(() => this.#session.reload(false), true)
      if (!this.#end.signal.aborted) this.#types?.check()
      if (this.#session.live) this.#say(`${pc.dim('watching  ')} ${this.#watched()}  ${pc.dim('Ctrl-C ends it')}`)
      await ended
      await this.#work
    } finally {
      this.#unhear?.()
      unlisten()
      await this.#watcher.close()
      await this.#session.close()
    }
    return this.#exitCode
  }

  #watched(): string {
    const files = this.#session.inputs.map(file => relative('', file))
    return files.length > 4 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ')
  }

  /** Folders of all that a reload depends on. A missing import appears in one of them, too. */
  #folders(): Set<string> {
    return new Set([...[...this.#paths, ...this.#session.inputs].map(file => dirname(file)), ...this.#dashboards.folders])
  }

  #changed(files: readonly string[]): void {
    const inputs = new Set([...this.#paths, ...this.#session.inputs])
    const dashboards = files.filter(file => this.#dashboards.owns(file))
    const own = files.filter(file => inputs.has(file))
    const matters = own.length + dashboards.length > 0 || this.#failed
    // What a job imports for its types alone is no part of what runs.
    if (!matters) {
      this.#types?.check()
      return
    }
    this.#work = this.#work.then(async () => {
      if (this.#end.signal.aborted) return
      this.#say(`${pc.yellow('▸')} ${files.map(file => relative('', file)).join(', ')} changed`)
      // The server follows the folder that it began with by itself.
      const { folder } = this.#dashboards
      const moved = folder !== undefined && folder !== this.#session.dashboards
      if (own.length > 0 || moved || this.#failed) await this.#attempt(() => this.#session.reload(moved), false)
      else await this.#dashboards.check(this.#session.jobs, true)
      this.#watcher.follow(this.#folders())
      // What does not load is told of once; the type check would say the same again.
      if (own.length > 0 && !this.#failed) this.#types?.check()
    })
  }

  /** A text that does not load is told of, and the former one runs on; at first only a missing file ends everything. */
  async #attempt(reload: () => Promise<Reload | undefined>, first: boolean): Promise<void> {
    this.#unhear?.()
    this.#unhear = undefined
    try {
      const outcome = await reload()
      this.#failed = false
      if (outcome?.kind === 'misfit') this.#offer(outcome.misfit.error)
      else if (outcome?.kind === 'same') this.#say(pc.dim('  as it runs already'))
      else if (outcome && !first) this.#say(`${pc.green('✓')} reloaded in ${Math.round(outcome.ms)} ms`)
      if (outcome && outcome.kind !== 'misfit') await this.#dashboards.check(this.#session.jobs, false)
    } catch (error) {
      if (first && error instanceof MillraceError && error.code === 'MR401') throw error
      if (toldLeft(error, this.#log)) return
      this.#failed = true
      process.stderr.write(`${errorText(error)}\n`)
      this.#say(pc.dim(this.#session.live ? '  the former text runs on; waiting for a change' : '  waiting for a change'))
    }
  }

  #offer(error: MillraceError): void {
    process.stderr.write(`${errorText(error)}\n`)
    this.#say(pc.dim(this.#session.live ? '  the former text runs on' : '  nothing runs'))
    this.#unhear = hearDrop(() => {
      this.#work = this.#work.then(() => this.#attempt(() => this.#session.giveUp(), false))
    })
  }

  #started(live: LiveProcess): void {
    if (!this.#announced) announceLive(live, this.#say)
    this.#announced = true
    void live.jobs.done.then(ends => {
      if (live !== this.#session.live) return
      for (const { job, error } of ends) {
        if (error) process.stderr.write(`${errorText(error)}\n`)
        this.#say(pc.dim(`  ${job} ${error ? 'failed' : 'has read all there is'}; waiting for a change`))
      }
    })
    void live.node?.failed.then(error => {
      process.stderr.write(`${errorText(error)}\n`)
      this.#exitCode = 1
      this.#end.abort()
    })
  }
}
