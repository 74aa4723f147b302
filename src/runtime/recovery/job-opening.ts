import type { Graph } from '../../job/graph.js'
import { isFull } from '../is-full.js'
import type { JobRunnerOptions } from '../job-runner-options.js'
import type { JobViews } from '../job-views.js'
import { freshJob, type JobAtRest, type RecoveredJob, type RestingEvents, recoveredJob, startGraph } from './job-at-rest.js'

/** Opens a job for each of its runs: from its data folder, or, where nothing is kept, with nothing. */
export class JobOpening {
  readonly #options: JobRunnerOptions
  readonly #views: JobViews
  readonly #events: RestingEvents
  #isFirst = true
  /** Recovered, while the disk is too full for what the job needs to go on: that alone is tried again. */
  #waiting: RecoveredJob | undefined
  /** The state is still to be put aside. */
  #reset: boolean
  #left = false

  constructor(options: JobRunnerOptions, views: JobViews, events: RestingEvents) {
    this.#options = { ...options, isLeft: () => this.#left || options.isLeft() }
    this.#views = views
    this.#reset = options.reset
    this.#events = {
      ...events,
      onPutAside: () => {
        this.#reset = false
      },
    }
  }

  /** Whether the last attempt gave what the job is to run on; without space it did not. */
  get isOpen(): boolean {
    return this.#options.dataDir === undefined || !this.#isFirst
  }

  /**
   * The job before its first run. On a full disk it is one that keeps nothing, so that the page can say why it waits; but
   * what is to end by itself fails.
   *
   * @throws see `recoveredJob`
   */
  async first(graph: Graph): Promise<JobAtRest> {
    const { dataDir, drainOnly } = this.#options
    if (dataDir !== undefined) {
      try {
        return await this.#recovered(dataDir)
      } catch (error) {
        if (!isFull(error) || drainOnly) throw error
      }
    }
    const job = freshJob({ ...this.#options, dataDir: undefined }, graph, this.#views, this.#events)
    return dataDir === undefined ? job : { ...job, names: undefined }
  }

  /** The job for a new run after one that broke: from the disk, or, without a data folder, afresh. @throws as `first` */
  async again(broken: JobAtRest): Promise<JobAtRest> {
    const { dataDir, job } = this.#options
    if (dataDir !== undefined) return this.#recovered(dataDir)
    broken.memory.runLost(broken.graph)
    return { ...broken, graph: startGraph(this.#options, job) }
  }

  /** A recovery that is on ends between two slices, with MR416. */
  leave(): void {
    this.#left = true
  }

  /** Leaves the folder to others, where the job waits for space. */
  async close(): Promise<void> {
    await this.#waiting?.close()
    this.#waiting = undefined
  }

  /** As its data folder holds it. An attempt that failed leaves the next one as the first. */
  async #recovered(dataDir: string): Promise<JobAtRest> {
    this.#waiting ??= await this.#recover(dataDir)
    try {
      await this.#waiting.begin()
    } catch (error) {
      if (!isFull(error)) await this.close()
      throw error
    }
    const { job } = this.#waiting
    this.#waiting = undefined
    this.#isFirst = false
    return job
  }

  #recover(dataDir: string): Promise<RecoveredJob> {
    const { takeOver } = this.#options
    // Nobody before this process can change its files since it began.
    const options = { ...this.#options, takeOver: takeOver && this.#isFirst }
    return recoveredJob(options, { dataDir, views: this.#views, freshViews: this.#isFirst, reset: this.#reset }, this.#events)
  }
}
