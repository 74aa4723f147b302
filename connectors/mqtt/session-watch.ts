import type { ConnectorContext, SourceLoss } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { SessionLedger } from './session-ledger.js'

/**
 * Ms for which a subscription waits until the journal holds what the next start has to know. Where it takes nothing for longer, as
 * a sink holds the job up, what the broker would not keep meanwhile is the greater loss.
 */
const patienceMs = 5_000

/** What a watch asks of its owner. */
export interface SessionWatchOwner {
  /** To be given to the journal, as the position of a chunk. */
  note(text: string): void
  /** Nothing has to be waited for any more. */
  goOn(): void
}

/**
 * Watches over the session that a broker keeps: the journal holds what the next start has to know of it before anything is subscribed
 * to. While it does not know of a loss, no new session may stand at the broker, which the next start would take for the one that went,
 * if this process died now: `discards` asks for connections without one until then.
 */
export class SessionWatch {
  readonly #context: ConnectorContext
  readonly #clientId: string
  readonly #ledger: SessionLedger
  readonly #owner: SessionWatchOwner
  /** On its way to the journal; `receipt` once it was given. */
  #noting: { readonly text: string; receipt?: number } | undefined
  #cancelPatience: (() => void) | undefined
  #patienceOver = false
  #discards = false

  constructor(context: ConnectorContext, clientId: string, owner: SessionWatchOwner) {
    this.#context = context
    this.#clientId = clientId
    this.#owner = owner
    this.#ledger = new SessionLedger(clientId, context.positions?.get(0))
  }

  get loss(): SourceLoss | undefined {
    return this.#ledger.loss
  }

  get isNoting(): boolean {
    return this.#noting !== undefined
  }

  /** The broker is to keep nothing for this client yet. */
  get discards(): boolean {
    return this.#discards
  }

  /** The broker's first word on a connection. */
  greeted(present: boolean): void {
    if (!this.#ledger.greeted(present, this.#context.time.wall())) return
    this.#discards = this.#isNoted
    this.#patienceOver = false
    const words = `the session '${this.#clientId}' was lost at the broker: what was published meanwhile is gone`
    this.#context.log.warn(words, { code: 'MR324', id: this.#context.id })
  }

  /** Whether the subscription has to wait; `goOn` is called when it has not any more. */
  isToWait(): boolean {
    const { text, noted } = this.#ledger
    if (!this.#isNoted || text === noted || this.#patienceOver) return false
    if (text !== this.#noting?.text) {
      this.#noting = { text }
      this.#owner.note(text)
    }
    this.#cancelPatience ??= this.#context.time.after(patienceMs, () => {
      this.#patienceOver = true
      this.#goOn()
    })
    return true
  }

  /** A chunk goes to the job; a note goes alone, as a position. */
  given({ position, receipt }: Chunk): void {
    if (position !== undefined && this.#noting) this.#noting.receipt = receipt
  }

  /** Chunks up to this one are in the journal. */
  settled(receipt: number): void {
    const { text, receipt: noted } = this.#noting ?? {}
    if (text === undefined || noted === undefined || receipt < noted) return
    this.#noting = undefined
    this.#patienceOver = false
    this.#ledger.noted = text
    this.#goOn()
  }

  /** From now on the broker keeps messages for this client. */
  subscribing(): void {
    this.#ledger.subscribing()
  }

  /** The connection is gone. */
  down(): void {
    this.#cancelPatience?.()
    this.#cancelPatience = undefined
  }

  /** Without a journal nothing is known at the next start. */
  get #isNoted(): boolean {
    return this.#context.journal !== undefined
  }

  #goOn(): void {
    this.down()
    this.#discards = false
    this.#owner.goOn()
  }
}
