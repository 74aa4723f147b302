import type { Graph } from '../../job/graph.js'
import type { DeadLetter } from '../../model/api.js'
import type { Chunk } from '../../model/chunk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'
import type { Pump } from '../flow/pump.js'
import type { DeadLetterFilter } from '../host.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import type { KeptLetter } from '../letters/kept-letters.js'
import { LateRing } from './late-ring.js'
import { RetryLine } from './retry-line.js'
import { Taps } from './taps.js'

/** What a retry needs of a running job. */
export interface RetryParts {
  readonly deadLetters: DeadLetterStore
  readonly graph: Graph
  readonly pump: Pick<Pump, 'wake'> | undefined
  readonly phase: string
}

/** What a job shows of its inside, and how its dead letters come in again; as long as the process lives. */
export class JobInsight {
  readonly late: LateRing
  readonly taps: Taps
  readonly retries: RetryLine

  constructor(job: string, real: TimeSource) {
    this.late = new LateRing(job)
    this.taps = new Taps(real)
    this.retries = new RetryLine(job)
  }

  /** All entries up to this one are durable. */
  release(durable: number): void {
    this.late.release(durable)
    this.retries.release(durable)
  }

  /** A run is over, and its graph with it. */
  runEnded(reason: string): void {
    this.taps.end(reason)
    this.retries.end()
    this.late.forgetHeld()
  }

  /** The job's dead letters, newest first; one of a source that the job has no more cannot be taken in again. */
  letters(filter: DeadLetterFilter, { deadLetters, graph }: Pick<RetryParts, 'deadLetters' | 'graph'>): readonly DeadLetter[] {
    const sources = new Set(graph.sources.map(({ id }) => id))
    return deadLetters.list(filter, letter => (letter.retryable && !sources.has(letter.source) ? { ...letter, retryable: false } : letter))
  }

  /**
   * Takes the message of a letter in again, as a new entry; gives the letter as it is then. Undefined: there is none of this id.
   *
   * @throws MR472, MR473, MR474 where it may not come in again; MR475 where the job takes none.
   */
  async retry(id: string, { deadLetters, graph, pump, phase }: RetryParts): Promise<DeadLetter | undefined> {
    const kept = deadLetters.find(id)
    if (!kept) return undefined
    const { source, job } = kept.letter
    if (graph.sinks.some(sink => sink.id === source) && !kept.message)
      throw new MillraceError('MR472', `'${id}' is no message as a source gave it: '${source}' is a sink, which refused what it was sent`)
    const chunk = chunkOf(kept)
    if (kept.letter.retriedAt !== undefined || this.retries.has(id)) throw new MillraceError('MR473', `'${id}' was taken in before`)
    if (!pump || phase !== 'running') throw new MillraceError('MR475', `'${job}' takes no retry: it does not run`)
    if (!graph.sources.some(known => known.id === source))
      throw new MillraceError('MR472', `'${job}' has no source '${source}' any more, which '${id}' came from`)
    await this.retries.add({ id, source, chunk }, pump.wake)
    const letter = deadLetters.find(id)?.letter
    const again = deadLetters.refusedAgain(id)
    return letter && again ? { ...letter, refusedAgain: again.id } : letter
  }
}

/** @throws MR472, MR474 */
function chunkOf({ letter: { id }, bytes, message }: KeptLetter): Chunk {
  if (!message) throw new MillraceError('MR472', `'${id}' is no message as a source gave it`)
  if (message.cut) throw new MillraceError('MR472', `'${id}' holds only the beginning of a message that was too large to be kept`)
  if (!message.whole) throw new MillraceError('MR474', `other rows of the message of '${id}' have counted`)
  const { encoding, partition } = message
  const head = Buffer.from(message.head ?? '', 'base64')
  const whole = Buffer.concat([head, bytes])
  const [starts, ends] = [Int32Array.of(head.length), Int32Array.of(whole.length)]
  return { encoding, partition, bytes: whole, starts, ends, length: 1, receipt: 0, head: head.length }
}
