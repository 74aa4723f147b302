import type { MillraceError } from '../../model/errors/millrace-error.js'
import type { Guarantee } from '../../model/guarantee.js'
import type { JobRunner } from '../job-runner.js'

/**
 * Says in the log what changed in a job since it was last looked at: the journal takes nothing, or takes entries again; a
 * source or sink failed and is tried again, or works again; the guarantee is another one, such as when its sinks are open and their brokers known.
 */
export class StatusLog {
  readonly #runner: JobRunner
  #failing: string | undefined
  /** What is tried again and why, by `sink 'out'`. */
  readonly #tried = new Map<string, string>()
  #level: Guarantee['level'] | undefined

  constructor(runner: JobRunner) {
    this.#runner = runner
  }

  look(guarantee: Guarantee): void {
    const { phase, feeds, outbox } = this.#runner
    // A sink may fail when its sources have ended.
    if (phase !== 'running' && phase !== 'draining') return
    for (const { source, error } of feeds) this.#lookAtEnd(`source '${source.id}'`, error)
    for (const { sink, error } of outbox.lanes.values()) this.#lookAtEnd(`sink '${sink.id}'`, error)
    if (phase === 'draining') return
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

  /** What stops the job, or becomes a dead letter, is told where that is done. */
  #lookAtEnd(end: string, error: MillraceError | undefined): void {
    const { options, id } = this.#runner
    const isTried = error?.action === 'retry' || error?.action === 'back-off'
    const why = isTried ? error.message : undefined
    const told = this.#tried.get(end)
    if (why === told) return
    if (isTried) {
      this.#tried.set(end, error.message)
      options.log.warn(`${end} failed and is tried again: ${why}`, { code: error.code, job: id, ...placeOf(error), hint: error.hint })
    } else {
      this.#tried.delete(end)
      options.log.info(`${end} works again`, { job: id })
    }
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

/** Where a connector of somebody's own threw what is no error of the catalogue. */
function placeOf({ code, cause }: MillraceError): { readonly at?: string } {
  const isUnknown = (code === 'MR412' || code === 'MR413') && cause instanceof Error
  const frame = isUnknown ? /^ +at (.+)$/m.exec(cause.stack ?? '')?.[1] : undefined
  return frame === undefined ? {} : { at: frame }
}
