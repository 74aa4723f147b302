import type { HeldPosition } from '../../connector/sink.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { KeptBytes } from '../../model/kept-bytes.js'
import type { TimeSource } from '../../model/seams.js'

/** The file in the data folder. */
export const sinksAheadName = 'sinks.ahead'

/** Real ms after which a sink that has not answered counts as away. */
const patienceMs = 1_000

/**
 * Refuses to go on with a sink that holds results of entries that the journal does not have: the data folder was restored from a
 * copy. A start that is refused has taken in entries all the same, and so has one whose sink was away; so where the journal ended
 * then is kept until the sink was found to hold no more: otherwise it would only have to be tried often enough.
 */
export class SinksAhead {
  readonly #last: number
  readonly #kept: KeptBytes
  readonly #real: Pick<TimeSource, 'after'>
  readonly #unread: (why: string) => void
  #known: Record<string, number> | undefined
  #turn: Promise<void> = Promise.resolve()

  /**
   * @param last Entry with which the journal ended when the job was opened.
   * @param unread Told why what was kept cannot be read.
   */
  constructor(last: number, kept: KeptBytes, real: Pick<TimeSource, 'after'>, unread: (why: string) => void) {
    this.#last = last
    this.#kept = kept
    this.#real = real
    this.#unread = unread
  }

  /** Gives what the sink says that it holds. @throws MR446; what the sink throws, or the disk, which has to tell first that the sink was judged */
  async judge(sink: string, answer: Promise<HeldPosition | undefined>): Promise<HeldPosition | undefined> {
    const away = (): Promise<void> => this.#inTurn(() => this.#away(sink))
    const cancel = this.#real.after(patienceMs, () => void away())
    const held = await answer
      .catch(async error => {
        await away()
        throw error
      })
      .finally(cancel)
    await this.#inTurn(() => this.#check(sink, held))
    return held
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** What cannot be kept is as if it was never known. */
  async #away(sink: string): Promise<void> {
    const known = await this.#load()
    if (this.#last < (known[sink] ?? Number.POSITIVE_INFINITY)) await this.#save({ ...known, [sink]: this.#last }).catch(() => undefined)
  }

  async #check(sink: string, held: HeldPosition | undefined): Promise<void> {
    const { [sink]: former = Number.POSITIVE_INFINITY, ...others } = await this.#load()
    const last = Math.min(this.#last, former)
    if (held !== undefined && held.entry > last) {
      await this.#away(sink)
      throw new MillraceError('MR446', `'${sink}' holds results of entry ${held.entry}, and the journal ended with entry ${last}`)
    }
    // Durable before the sink is given more: the next start would take that for what it must not hold.
    if (former < Number.POSITIVE_INFINITY) await this.#save(others)
  }

  /** What cannot be read is as if it was never kept: the sink is judged by the journal alone then. */
  async #load(): Promise<Record<string, number>> {
    if (this.#known) return this.#known
    const bytes = await this.#kept.load().catch((error: unknown) => {
      this.#unread(error instanceof Error ? error.message : String(error))
      return undefined
    })
    this.#known = bytes && bytes.length > 0 ? (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, number>) : {}
    return this.#known
  }

  async #save(known: Record<string, number>): Promise<void> {
    await this.#kept.save(new TextEncoder().encode(JSON.stringify(known)))
    this.#known = known
  }
}
