import { AlertBook } from '../alerts/alert-book.js'
import { rulesOf } from '../alerts/alert-rule.js'
import type { Dashboard } from '../dashboard/dashboard.js'
import { misfits } from '../dashboard/misfit.js'
import type { Alert } from '../model/alert.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { Host } from '../runtime/host.js'
import { AlertLog } from './alert-log.js'
import { AlertMemory } from './alert-memory.js'
import { DashboardFiles } from './dashboard-files.js'

/** Ms between two looks at folders, jobs and views. */
const lookMs = 500

export interface AlertWatchOptions {
  readonly host: Host
  readonly time: TimeSource
  readonly log: Log
  /** Folders of definitions; the first that has a name counts. */
  readonly folders: readonly string[]
}

/**
 * Keeps the alerts of all jobs in step with their dashboards: follows views as jobs open them, and definitions as they
 * are edited, whether anyone watches or not.
 */
export class AlertWatch {
  readonly book: AlertBook
  readonly dashboards: DashboardFiles
  readonly #options: AlertWatchOptions
  readonly #lines: AlertLog
  readonly #memory: AlertMemory
  /** The definitions whose fit was looked at. */
  readonly #judged = new WeakSet<Dashboard>()
  #refused = 0
  #cancel: (() => void) | undefined
  #closed = false

  private constructor(options: AlertWatchOptions) {
    this.#options = options
    this.#lines = new AlertLog(options.log, options.time)
    this.book = new AlertBook(change => this.#lines.tell(change))
    this.dashboards = new DashboardFiles(options.folders, options.log)
    this.#memory = new AlertMemory(options.host, this.book, options.log)
  }

  /** A watch that has looked once. */
  static async start(options: AlertWatchOptions): Promise<AlertWatch> {
    const watch = new AlertWatch(options)
    await watch.#memory.load()
    await watch.#look()
    return watch
  }

  /** Somebody has seen an alert of a job, at the job's clock; kept, where the job keeps anything, when it resolves. */
  async acknowledge(id: string, job: string, at: number): Promise<Alert | undefined> {
    const alert = this.book.acknowledge(id, at)
    if (alert) await this.#memory.save(job)
    return alert
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.book.close()
  }

  async #look(): Promise<void> {
    await this.dashboards.refresh()
    if (this.#closed) return
    try {
      this.#follow()
    } catch (error) {
      // Whatever fails here is asked for again by whoever reads; alerts must not end the process.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#options.log.error('alerts could not be evaluated', { error: text })
    }
    this.#lines.flush()
    this.#cancel = this.#options.time.after(lookMs, () => void this.#look())
  }

  #follow(): void {
    const { host } = this.#options
    const views = host.views()
    for (const { id, now, behind } of host.jobs()) {
      const own = views.filter(view => view.job === id)
      const dashboard = this.dashboards.dashboard(id)
      this.book.follow(id, own, dashboard ? rulesOf(dashboard) : [], behind === null ? undefined : now - behind)
      // A job that has no view yet has not started.
      if (dashboard && own.length > 0 && !this.#judged.has(dashboard)) {
        this.#judged.add(dashboard)
        const infos = own.map(view => view.info())
        for (const { at, message, hint } of misfits(dashboard, infos)) {
          this.#options.log.warn(`dashboard of ${id}: ${at}: ${message}`, { code: 'MR533', hint })
        }
      }
    }
    this.#tellRefused()
  }

  #tellRefused(): void {
    if (this.#refused === 0 && this.book.refused > 0) {
      const { code, message, hint } = new MillraceError('MR534', 'thresholds of some keys are not evaluated')
      this.#options.log.warn(message, { code, hint })
    }
    this.#refused = this.book.refused
  }
}
