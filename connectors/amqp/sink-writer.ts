import type { AmqpError } from '../../src/amqp/rhea.js'
import { RefusedRows } from '../../src/connector/refused-rows.js'
import type { OutputBatch, SinkGuarantee, SinkStatus, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Dialed } from './dialed.js'
import { goodbye } from './goodbye.js'
import { idCacheOf } from './id-cache.js'
import { Keeper, type KeeperSettings } from './keeper.js'
import { type Pending, SinkLink } from './sink-link.js'
import { addressOf, encodeRow, type MessageForm } from './sink-message.js'

/** Links kept open at most; beyond it the one that was idle longest is closed. */
const mostLinks = 64
const namedIds = 5
/** Rows of outputs that are under way together; one by one, no more would leave than one in each round trip. */
const mostTogether = 1_000

interface Refused {
  readonly id: string
  readonly reason: string
}

/** What a writer asks of its peer, and knows of it beforehand. */
export interface SinkTerms {
  /** Of the addresses. */
  readonly capabilities: readonly string[]
  /** How many ids the peer remembers an address; undefined: it says so itself, by what it is. */
  readonly idCacheSize: number | undefined
}

/** Writes rows over one connection, with a link for each address. */
export class AmqpSinkWriter implements SinkWriter {
  readonly gathers = { rows: mostTogether, ms: 0 }
  readonly #keeper: Keeper
  readonly #links = new Map<string, SinkLink>()
  /** Rows of addresses that have no link, because every link is busy. */
  readonly #parked = new Map<string, Pending[]>()
  readonly #context: ConnectorContext
  readonly #form: MessageForm
  readonly #terms: SinkTerms
  /** Ids that every peer so far remembers; undefined until there was one. */
  #remembers: number | undefined
  #why: string | undefined
  #opening: (() => void) | undefined
  readonly #failures = new Set<(error: MillraceError) => void>()
  #dialed: Dialed | undefined
  #sequence = 0
  #fatal: MillraceError | undefined
  #closed = false
  #since: number

  constructor(context: ConnectorContext, settings: KeeperSettings, form: MessageForm, terms: SinkTerms) {
    this.#context = context
    this.#form = form
    this.#terms = terms
    this.#remembers = terms.idCacheSize
    this.#since = context.time.monotonic()
    this.#keeper = new Keeper(settings, {
      up: dialed => {
        this.#dialed = dialed
        this.#keeper.proved()
        this.#learn(dialed)
        for (const link of this.#links.values()) link.attach(dialed.connection)
      },
      down: () => {
        this.#dialed = undefined
        for (const link of this.#links.values()) link.lost()
      },
      fatal: error => this.#fail(error),
    })
    this.#keeper.start()
  }

  /** `append` from the first connection to a peer that drops no repeats, such as the second broker of a fail-over list. */
  get guarantee(): SinkGuarantee {
    return this.#remembers ? 'idempotent' : 'append'
  }

  get remembers(): number | undefined {
    return this.#remembers || undefined
  }

  get why(): string | undefined {
    return this.#why
  }

  /**
   * Waits for the first connection, without a deadline, since only the peer tells whether it drops repeats; `status` says
   * so. It holds no position.
   *
   * @throws MR305, MR306, MR309 or MR312 where waiting is no use, MR313 when it is closed meanwhile.
   */
  async open(): Promise<undefined> {
    if (this.#fatal) throw this.#fatal
    if (this.#closed) throw new MillraceError('MR313', `the sink '${this.#context.id}' is closed`)
    if (this.#remembers !== undefined) return
    await new Promise<void>((resolve, reject) => {
      this.#failures.add(reject)
      this.#opening = () => {
        this.#failures.delete(reject)
        resolve()
      }
    })
  }

  /**
   * Resolves when the peer has accepted every row; waits without a deadline for a broker, for credit and for receivers.
   *
   * @throws MR311 naming the rows that the peer rejected, MR314 for rows without an address, after all others were accepted;
   *   MR305, MR306, MR309 or MR312 where waiting is no use.
   */
  async write(outputs: OutputBatch): Promise<void> {
    if (this.#fatal) throw this.#fatal
    if (this.#closed) throw new MillraceError('MR313', `the sink '${this.#context.id}' is closed`)
    const refused: Refused[] = []
    const homeless: string[] = []
    if (this.#pending() === 0) this.#since = this.#context.time.monotonic()
    await new Promise<void>((resolve, reject) => {
      const failed = (error: MillraceError) => {
        this.#failures.delete(failed)
        reject(error)
      }
      let open = 1
      const finish = () => {
        if (--open > 0) return
        this.#failures.delete(failed)
        resolve()
      }
      this.#failures.add(failed)
      const used = new Set<SinkLink>()
      for (let row = 0; row < outputs.length; row++) {
        const address = addressOf(this.#form, outputs, row)
        const id = outputs.ids[row]!
        if (address === null) {
          homeless.push(id)
          continue
        }
        open++
        const pending: Pending = {
          sequence: this.#sequence++,
          id,
          bytes: encodeRow(this.#form, outputs, row, address),
          done: rejection => {
            if (rejection) refused.push({ id, reason: wordsOf(rejection) })
            finish()
          },
        }
        const link = this.#link(address)
        if (link) {
          used.add(link)
          link.push(pending)
        } else this.#park(address, pending)
      }
      for (const link of used) link.pump()
      finish()
    })
    this.#report(refused, homeless, outputs.length)
  }

  status(): SinkStatus {
    const pending = this.#pending()
    const error = this.#fatal ?? this.#keeper.lastError ?? [...this.#links.values()].find(link => link.lastError)?.lastError
    const slow = [...this.#links.values()].find(link => link.pending > 0)
    // Status pages say `alerts waits for …`.
    const reason = this.#keeper.lastError ? ` (${this.#keeper.lastError.message})` : ''
    const waits = this.#keeper.connected ? slow?.waitsFor : `the broker${reason}`
    const isWaiting = pending > 0 || this.#opening !== undefined
    return {
      connected: this.#keeper.connected,
      detail: this.#closed
        ? 'closed'
        : this.#keeper.connected
          ? `connected, ${this.#links.size} link${this.#links.size === 1 ? '' : 's'}`
          : this.#keeper.detail,
      ...(this.#keeper.endpoint ? { endpoint: this.#keeper.endpoint.text } : {}),
      credit: [...this.#links.values()].reduce((sum, link) => sum + link.credit, 0),
      pending,
      ...(isWaiting && waits !== undefined ? { waiting: { for: waits, since: this.#since } } : {}),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const left = this.#pending()
    const when = left > 0 ? `with ${left} rows not acknowledged` : 'before it was connected'
    const error = new MillraceError('MR313', `the sink '${this.#context.id}' was closed ${when}`)
    for (const failed of [...this.#failures]) failed(error)
    const dialed = this.#dialed
    if (dialed && this.#keeper.connected)
      await goodbye(dialed, this.#context.time, () => {
        for (const link of this.#links.values()) link.close()
      })
    this.#keeper.stop()
  }

  /** What is remembered by all peers that were sent to is what counts. */
  #learn({ connection, endpoint }: Dialed): void {
    const before = this.#remembers
    const { size: now, why } = this.#terms.idCacheSize === undefined ? idCacheOf(connection.properties) : { size: this.#terms.idCacheSize }
    this.#remembers = Math.min(before ?? now, now)
    this.#why ??= why
    if (before && now === 0) {
      this.#context.log.warn(
        `${endpoint.text} drops no repeated results, as the broker before it did: '${this.#context.id}' may repeat some`,
      )
    }
    this.#opening?.()
    this.#opening = undefined
  }

  #pending(): number {
    let pending = 0
    for (const rows of this.#parked.values()) pending += rows.length
    for (const link of this.#links.values()) pending += link.pending
    return pending
  }

  /** The link to an address, the most recently used last; none while all are busy with others. */
  #link(address: string): SinkLink | undefined {
    let link = this.#links.get(address)
    this.#links.delete(address)
    if (!link) {
      if (!this.#makeRoom()) return undefined
      link = new SinkLink(this.#context, address, this.#terms.capabilities, {
        progress: () => {
          this.#since = this.#context.time.monotonic()
          this.#unpark()
        },
        fatal: error => this.#fail(error),
      })
      if (this.#dialed) link.attach(this.#dialed.connection)
    }
    this.#links.set(address, link)
    return link
  }

  #makeRoom(): boolean {
    if (this.#links.size < mostLinks) return true
    for (const [address, link] of this.#links) {
      if (link.pending > 0) continue
      link.close()
      this.#links.delete(address)
      return true
    }
    return false
  }

  #park(address: string, pending: Pending): void {
    const rows = this.#parked.get(address)
    if (rows) rows.push(pending)
    else this.#parked.set(address, [pending])
  }

  /** Gives links that have become idle to the addresses that wait, in their order. */
  #unpark(): void {
    for (const [address, rows] of this.#parked) {
      const link = this.#link(address)
      if (!link) return
      this.#parked.delete(address)
      for (const pending of rows) link.push(pending)
      link.pump()
    }
  }

  #fail(error: MillraceError): void {
    this.#fatal = error
    this.#keeper.stop()
    this.#parked.clear()
    for (const link of this.#links.values()) {
      link.lost()
      link.drop()
    }
    for (const failed of [...this.#failures]) failed(error)
  }

  #report(refused: readonly Refused[], homeless: readonly string[], rows: number): void {
    const listed = (ids: readonly string[]) =>
      `${ids.slice(0, namedIds).join(', ')}${ids.length > namedIds ? ` and ${ids.length - namedIds} more` : ''}`
    if (homeless.length > 0) {
      const message = `${homeless.length} of ${rows} rows of sink '${this.#context.id}' have no address: ${listed(homeless)}`
      this.#context.log.error(message, { code: 'MR314', ids: homeless })
      if (refused.length === 0) throw new RefusedRows('MR314', message, homeless)
    }
    if (refused.length === 0) return
    const reason = refused[0]!.reason
    const message = `the peer rejected ${refused.length} of ${rows} rows of sink '${this.#context.id}'${reason ? ` (${reason})` : ''}: ${listed(refused.map(r => r.id))}`
    this.#context.log.error(message, { code: 'MR311', ids: refused.map(r => r.id) })
    const notes = refused.slice(0, namedIds).map(r => `${r.id}: ${r.reason || 'without a reason'}`)
    throw new RefusedRows('MR311', message, [...homeless, ...refused.map(r => r.id)], { notes })
  }
}

const wordsOf = (error: AmqpError): string => [error.condition, error.description].filter(Boolean).join(', ')
