import type { SourceLoss } from '../../src/connector/source.js'

/**
 * What a source knows of its session at the broker, over restarts too: the journal keeps it, as the position of a chunk without
 * messages, and gives it back at the next opening. `text` has to be there before anything is subscribed to: from the moment at
 * which the broker owes this client a message, the next start expects the session, however this one ends.
 *
 * @example
 * const ledger = new SessionLedger('millrace.rooms.readings', context.positions?.get(0))
 * if (ledger.greeted(connack.sessionPresent, time.wall())) log.warn('the session was lost')
 */
export class SessionLedger {
  /** Sessions lost so far, under whatever client id: what they held is missing from what the job has counted. */
  loss: SourceLoss | undefined
  /** What the journal holds. */
  noted: string | undefined
  readonly #client: string
  /** The broker had a session of this client with which something may have been subscribed to. */
  #expected: boolean

  /** @param noted what an earlier start wrote; of another connector's words nothing is known. */
  constructor(client: string, noted: string | undefined) {
    this.#client = client
    this.noted = noted
    const known = readNote(noted)
    this.#expected = known?.session === client
    this.loss = known?.loss
  }

  /** For the journal. */
  get text(): string {
    return JSON.stringify({ session: this.#client, ...(this.loss && { lost: this.loss.times, at: this.loss.at }) })
  }

  /** The broker's first word, at this wall time; true where it had the session, and has it no more. */
  greeted(present: boolean, at: number): boolean {
    if (present || !this.#expected) return false
    this.loss = { times: (this.loss?.times ?? 0) + 1, at }
    // Until something is subscribed to again, another empty session is the same loss.
    this.#expected = false
    return true
  }

  /** From now on the broker keeps messages for this client. */
  subscribing(): void {
    this.#expected = true
  }
}

interface Note {
  readonly session: string
  readonly loss: SourceLoss | undefined
}

function readNote(text: string | undefined): Note | undefined {
  if (text === undefined) return undefined
  try {
    const { session, lost, at } = JSON.parse(text) as { readonly session?: unknown; readonly lost?: unknown; readonly at?: unknown }
    if (typeof session !== 'string') return undefined
    return { session, loss: typeof lost === 'number' && typeof at === 'number' ? { times: lost, at } : undefined }
  } catch {
    return undefined
  }
}
