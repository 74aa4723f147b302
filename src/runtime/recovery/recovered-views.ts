import type { OutputBatch } from '../../connector/sink.js'
import type { LiveRow } from '../../model/api.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { View } from '../../views/view.js'
import type { JobRunnerOptions } from '../job-runner-options.js'

/** The views of a job while it is recovered. */
export class RecoveredViews {
  readonly #views: ReadonlyMap<string, View>
  readonly #options: Pick<JobRunnerOptions, 'job' | 'log'>

  constructor(views: ReadonlyMap<string, View>, options: Pick<JobRunnerOptions, 'job' | 'log'>) {
    this.#views = views
    this.#options = options
  }

  restore(views: Readonly<Record<string, readonly LiveRow[]>>): void {
    for (const [id, rows] of Object.entries(views)) this.#apply(id, view => view.restore(rows))
  }

  show(outputs: OutputBatch): void {
    this.#apply(outputs.sink, view => view.apply(outputs))
  }

  /** A view whose columns the job has changed begins anew. */
  #apply(id: string, change: (view: View) => void): void {
    const view = this.#views.get(id)
    if (!view) return
    const { job, log } = this.#options
    try {
      change(view)
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'MR518') throw error
      log.warn(`the view '${id}' begins anew: ${error.message}`, { code: error.code, job: job.id })
    }
  }
}
