import { RefusedRows } from '../../src/connector/refused-rows.js'
import type { OutputBatch, SinkGuarantee, SinkStatus, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { Backoff } from '../../src/model/backoff.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { Exchange } from './exchange.js'
import { exchangeFault } from './faults.js'
import { idempotencyKey } from './idempotency-key.js'
import { bodyOf, contentType, type RequestForm, rowsThatFit, rowText } from './row-text.js'
import type { Settings } from './settings.js'
import { type Verdict, verdictOf } from './verdict.js'

const firstPauseMs = 100
const longestPauseMs = 30_000
/** Real ms between two warnings about the same. */
const repeatMs = 60_000
const namedIds = 5

/** A row that is not acknowledged. */
interface Waiting {
  readonly id: string
  readonly text: string
  readonly bytes: number
  /** Called once: taken, or refused with the reason. */
  done(refusal: string | undefined): void
}

interface Refused {
  readonly id: string
  readonly reason: string
}

/** What a writer promises and how it groups rows. */
export interface WriterTerms {
  readonly form: RequestForm
  readonly idempotent: boolean
  /** How long the first row of a request waits for others. */
  readonly ms: number
}

/** Posts rows in order, one request at a time; what has no answer, or one that says later, is sent again. */
export class HttpSinkWriter implements SinkWriter {
  readonly guarantee: SinkGuarantee
  readonly gathers: { readonly rows: number; readonly ms: number }
  readonly #context: ConnectorContext
  readonly #settings: Settings
  readonly #terms: WriterTerms
  readonly #exchange: Exchange
  readonly #backoff: Backoff
  readonly #closing = new AbortController()
  /** Rows that are not acknowledged, oldest first. */
  #line: Waiting[] = []
  #running = false
  #answers = true
  #everAnswered = false
  #detail = 'no request yet'
  #fault: MillraceError | undefined
  #fatal: MillraceError | undefined
  #warned: { readonly message: string; readonly at: number } | undefined
  #since: number
  #cancelPause: (() => void) | undefined
  readonly #failures = new Set<(error: MillraceError) => void>()

  constructor(context: ConnectorContext, settings: Settings, terms: WriterTerms) {
    this.#context = context
    this.#settings = settings
    this.#terms = terms
    this.guarantee = terms.idempotent ? 'idempotent' : 'append'
    this.gathers = { rows: terms.form.rows, ms: terms.ms }
    this.#exchange = new Exchange(settings.endpoint, settings.tls, context.time)
    this.#backoff = new Backoff(context.random, firstPauseMs, longestPauseMs)
    this.#since = context.time.monotonic()
  }

  /** It holds no position, and asks nothing before there is a row. */
  async open(): Promise<undefined> {}

  /**
   * Resolves when the peer has taken every row; sends again without a deadline while it is away or busy.
   *
   * @throws MR342 naming rows that the peer refused, after all others were taken; MR341, MR343, MR346 or MR312 where
   *   waiting is no use; MR302 where `idField` would take the place of a field; MR313 when it is closed.
   */
  async write(outputs: OutputBatch): Promise<void> {
    if (this.#fatal) throw this.#fatal
    if (this.#closing.signal.aborted) throw new MillraceError('MR313', `the sink '${this.#context.id}' is closed`)
    if (outputs.length === 0) return
    const { idField } = this.#terms.form
    if (outputs.schema.some(({ name }) => name === idField))
      throw new MillraceError(
        'MR302',
        `httpSink '${this.#context.id}': \`idField\` is '${idField}', and the rows have a field of that name`,
      )
    const refused: Refused[] = []
    if (this.#line.length === 0) this.#since = this.#context.time.monotonic()
    await new Promise<void>((resolve, reject) => {
      const failed = (error: MillraceError) => {
        this.#failures.delete(failed)
        reject(error)
      }
      this.#failures.add(failed)
      let open = outputs.length
      for (let row = 0; row < outputs.length; row++) {
        const id = outputs.ids[row]!
        const text = rowText(this.#terms.form, outputs, row)
        const done = (refusal: string | undefined): void => {
          if (refusal !== undefined) refused.push({ id, reason: refusal })
          if (--open > 0) return
          this.#failures.delete(failed)
          resolve()
        }
        this.#line.push({ id, text, bytes: Buffer.byteLength(text), done })
      }
      void this.#run()
    })
    if (refused.length > 0) throw this.#refusal(refused, outputs.length)
  }

  status(): SinkStatus {
    const { endpoint } = this.#settings
    const pending = this.#line.length
    const error = this.#fatal ?? this.#fault
    const waits = this.#fault ? this.#fault.message : `the answer of ${endpoint.text}`
    return {
      connected: this.#answers && !this.#closing.signal.aborted,
      detail: this.#closing.signal.aborted ? 'closed' : this.#detail,
      endpoint: endpoint.text,
      pending,
      ...(pending > 0 ? { waiting: { for: waits, since: this.#since } } : {}),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    const error = new MillraceError('MR313', `the sink '${this.#context.id}' was closed with ${this.#line.length} rows not acknowledged`)
    this.#end(error)
  }

  /** Sends what waits, one request after the other. */
  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    // Writes that are made in one go share a request.
    await undefined
    while (this.#line.length > 0 && !this.#closing.signal.aborted) {
      const rows = this.#line.slice(0, rowsThatFit(this.#terms.form, this.#line))
      try {
        await this.#deliver(rows)
      } catch (error) {
        this.#fail(error)
      }
    }
    this.#running = false
  }

  /** Until each of the rows is taken or refused. Where the content is at fault, halves tell which rows are: two requests a row at most. */
  async #deliver(rows: readonly Waiting[]): Promise<void> {
    const parts = [rows]
    for (let part = parts.shift(); part; part = parts.shift()) {
      const verdict = await this.#settled(part)
      if (verdict === undefined) return
      if (verdict.is === 'refused' && verdict.divisible && part.length > 1) {
        const half = part.length >> 1
        parts.unshift(part.slice(0, half), part.slice(half))
        continue
      }
      this.#line.splice(0, part.length)
      this.#since = this.#context.time.monotonic()
      for (const row of part) row.done(verdict.is === 'refused' ? verdict.reason : undefined)
    }
  }

  /** Asks until the peer takes the rows or refuses them; undefined when the writer is closed. */
  async #settled(rows: readonly Waiting[]): Promise<Extract<Verdict, { is: 'taken' | 'refused' }> | undefined> {
    const { form } = this.#terms
    const headers = {
      ...this.#settings.headers,
      'content-type': contentType(form),
      'idempotency-key': idempotencyKey(rows.map(({ id }) => id)),
    }
    const body = bodyOf(form, rows)
    while (!this.#closing.signal.aborted) {
      const verdict = await this.#asked(headers, body)
      if (this.#closing.signal.aborted) return undefined
      if (verdict.is === 'never') throw verdict.error
      if (verdict.is !== 'later') {
        this.#backoff.reset()
        this.#fault = this.#warned = undefined
        this.#detail = 'its last request was answered'
        return verdict
      }
      this.#warn(verdict.error)
      await this.#pause(Math.max(this.#backoff.next(), verdict.afterMs))
    }
    return undefined
  }

  async #asked(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Verdict> {
    const { endpoint, conceal, timeoutMs } = this.#settings
    try {
      const { signal } = this.#closing
      const answer = await this.#exchange.ask({ method: 'POST', headers, body, timeoutMs, signal })
      this.#answers = this.#everAnswered = true
      return verdictOf(endpoint, answer, { keepsKeys: this.#terms.idempotent, conceal, wall: this.#context.time.wall() })
    } catch (thrown) {
      const error = exchangeFault(endpoint, thrown)
      this.#answers = false
      // A peer that has worked before has not changed its protocol: a bit may have flipped on the way.
      const passing = error.action !== 'stop' || (error.code === 'MR346' && this.#everAnswered)
      return passing ? { is: 'later', error, afterMs: 0 } : { is: 'never', error }
    }
  }

  /** Says what is new at once, and what goes on as before once a minute. */
  #warn(error: MillraceError): void {
    this.#fault = error
    const at = this.#context.time.monotonic()
    if (this.#warned?.message === error.message && at - this.#warned.at < repeatMs) return
    this.#warned = { message: error.message, at }
    this.#context.log.warn(error.message, { code: error.code })
  }

  async #pause(ms: number): Promise<void> {
    this.#detail = `${this.#fault?.message}, next try in ${(ms / 1_000).toFixed(1)} s`
    await new Promise<void>(resolve => {
      const cancel = this.#context.time.after(ms, resolve)
      this.#cancelPause = () => {
        cancel()
        resolve()
      }
    })
  }

  #fail(thrown: unknown): void {
    const { id } = this.#context
    const error = thrown instanceof MillraceError ? thrown : new MillraceError('MR413', `sink '${id}' failed`, { cause: thrown })
    this.#fatal = error
    this.#detail = error.message
    this.#end(error)
  }

  #end(error: MillraceError): void {
    this.#closing.abort()
    this.#cancelPause?.()
    this.#line = []
    for (const failed of [...this.#failures]) failed(error)
    this.#exchange.close()
  }

  #refusal(refused: readonly Refused[], rows: number): MillraceError {
    const { id, log } = this.#context
    const named = refused.slice(0, namedIds).map(one => `${one.id} (${one.reason})`)
    const more = refused.length > namedIds ? ` and ${refused.length - namedIds} more` : ''
    const message = `${this.#settings.endpoint.text} refused ${refused.length} of ${rows} rows of sink '${id}': ${named.join(', ')}${more}`
    const ids = refused.map(one => one.id)
    log.error(message, { code: 'MR342', ids })
    return new RefusedRows('MR342', message, ids)
  }
}
