import type { Guarantee } from '../../model/guarantee.js'
import type { JobRunner } from '../job-runner.js'

/**
 * Says in the log what changed in a job since it was last looked at: the journal takes nothing, or takes entries again; the
 * guarantee is another one, such as when its sinks are open and their brokers known.
 */
export class StatusLog {
  readonly #runner: JobRunner
  #failing: string | undefined
  #level: Guarantee['level'] | undefined

  constructor(runner: JobRunner) {
    this.#runner = runner
  }

  look(guarantee: Guarantee): void {
    if (this.#runner.phase !== 'running') return
    this.#lookAtJournal()
    this.#lookAtGuarantee(guarantee)
  }

  #lookAtJournal(): void {
    const { store, options, id } = this.#runner
    const { failing } = store?.durability.journal ?? {}
    if (failing !== undefined && this.#failing === undefined)
      options.log.warn(`the journal cannot be written: nothing is accepted and the sources wait until it can: ${failing}`, { job: id })
    if (failing === undefined && this.#failing !== undefined) options.log.info('the journal is written again', { job: id })
    this.#failing = failing
  }

  /** A sink that is not open yet, or no more, says nothing of its peer. */
  #lookAtGuarantee({ level, label }: Guarantee): void {
    const { outbox, options, id } = this.#runner
    const known = [...outbox.lanes.values()].every(lane => lane.guarantee !== undefined)
    if (this.#level !== undefined && (!known || level === this.#level)) return
    if (this.#level !== undefined) options.log.info(`guarantee of '${id}': ${label}`)
    this.#level = level
  }
}
