import type { HeldPosition } from '../../connector/sink.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { KeptBytes } from '../../model/kept-bytes.js'

/** The file in the data folder. */
export const sinksAheadName = 'sinks.ahead'

/**
 * Refuses to go on with a sink that holds results of entries that the journal does not have: the data folder was restored from a
 * copy. A start that is refused has taken in entries all the same, so where the journal ended then is kept: otherwise it would
 * only have to be tried often enough.
 */
export class SinksAhead {
  readonly #last: number
  readonly #kept: KeptBytes
  #known: Promise<Record<string, number>> | undefined
  #turn: Promise<void> = Promise.resolve()

  /** @param last Entry with which the journal ended when the job was opened. */
  constructor(last: number, kept: KeptBytes) {
    this.#last = last
    this.#kept = kept
  }

  /** @throws MR446 */
  check(sink: string, held: HeldPosition | undefined): Promise<void> {
    const turn = this.#turn.then(() => this.#check(sink, held))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #check(sink: string, held: HeldPosition | undefined): Promise<void> {
    this.#known ??= this.#load()
    const { [sink]: former = Number.POSITIVE_INFINITY, ...others } = await this.#known
    const last = Math.min(this.#last, former)
    const isAhead = held !== undefined && held.entry > last
    if (isAhead !== former < Number.POSITIVE_INFINITY) await this.#save(isAhead ? { ...others, [sink]: last } : others)
    if (!isAhead) return
    throw new MillraceError('MR446', `'${sink}' holds results of entry ${held.entry}, and the journal ended with entry ${last}`)
  }

  /** What cannot be read is as if it was never kept: the sink is judged by the journal alone then. */
  async #load(): Promise<Record<string, number>> {
    const bytes = await this.#kept.load().catch(() => undefined)
    return bytes && bytes.length > 0 ? (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, number>) : {}
  }

  async #save(known: Record<string, number>): Promise<void> {
    this.#known = Promise.resolve(known)
    await this.#kept.save(new TextEncoder().encode(JSON.stringify(known))).catch(() => undefined)
  }
}
