import type { ISubscriptionGrant, ISubscriptionMap } from 'mqtt'
import type { ConnectorContext, Outcome, SourceLoss, SourceReader, SourceStatus } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Dialed, SessionTerms } from './dial.js'
import type { Gate } from './gate.js'
import { Inbox } from './inbox.js'
import { Keeper } from './keeper.js'
import type { WantedParts } from './message-encoder.js'
import { reasonWords } from './reasons.js'
import { SessionLedger } from './session-ledger.js'
import type { Settings } from './settings.js'

/** What a reader subscribes to, and on what terms. */
export interface Subscription {
  /** As they are sent: with `$share/group/` in front of them where they are shared. */
  readonly filters: readonly string[]
  /** As a person reads it. */
  readonly name: string
  readonly qos: 0 | 1 | 2
  readonly clean: boolean
  readonly expirySeconds: number
  readonly retained: 'when-new' | 'always' | 'never'
  readonly receiveMaximum: number
  readonly maxMessageBytes: number
  readonly parts: WantedParts
}

/** MQTT 5 §3.8.3.1, retain handling: send retained messages at the subscribe, only for a new subscription, or not at all. */
const retainHandling = { always: 0, 'when-new': 1, never: 2 } as const

/**
 * Ms for which a subscription waits until the journal holds what the next start has to know. Where it takes nothing for longer, as
 * a sink holds the job up, what the broker would not keep meanwhile is the greater loss.
 */
const patienceMs = 5_000

const lossWords = ({ times, at }: SourceLoss): string =>
  `its session was lost at the broker ${times === 1 ? 'once,' : `${times} times, the last`} noticed at ${new Date(at).toISOString()}`

const messages = (count: number): string => `${count.toLocaleString('en')} message${count === 1 ? '' : 's'}`

/** Reads the topics of one client, over one connection at a time. */
export class MqttSourceReader implements SourceReader {
  readonly #keeper: Keeper
  readonly #inbox: Inbox
  readonly #context: ConnectorContext
  readonly #settings: Settings
  readonly #subscription: Subscription
  #dialed: Dialed | undefined
  /** From the broker's first word on, which comes before `up`. */
  #gate: Gate | undefined
  #subscribed = false
  /** Undefined where no session is kept. */
  readonly #ledger: SessionLedger | undefined
  /** On its way to the journal; `receipt` once it was given. */
  #noting: { readonly text: string; receipt?: number } | undefined
  #cancelPatience: (() => void) | undefined
  /** The connection on which was subscribed. */
  #asked: Dialed | undefined
  #tooLarge = 0
  #leftOut = 0
  /** Monotonic ms since nothing is subscribed. */
  #downSince: number
  #wake: (() => void) | undefined
  #fatal: MillraceError | undefined
  #mode: 'running' | 'draining' | 'closed' = 'running'

  constructor(context: ConnectorContext, settings: Settings, subscription: Subscription) {
    this.#context = context
    this.#settings = settings
    this.#subscription = subscription
    this.#downSince = context.time.monotonic()
    this.#ledger = subscription.clean ? undefined : new SessionLedger(settings.clientId, context.positions?.get(0))
    const { version } = settings
    this.#inbox = new Inbox(
      {
        version,
        parts: subscription.parts,
        // A broker of 3.1.1 sends them at every subscribe.
        dropsRetained: subscription.retained === 'never',
        session: !subscription.clean,
        bufferBytes: context.bufferBytes,
      },
      {
        arrived: () => this.#awake(),
        answer: packets => this.#gate?.write(packets),
        connected: (present, gate) => this.#greeted(present, gate),
        tooLarge: bytes => this.#refused(bytes),
        unasked: topic => this.#unasked(topic),
      },
    )
    this.#keeper = new Keeper(settings, {
      terms: () => this.#terms(),
      up: dialed => this.#up(dialed),
      down: () => this.#lost(),
      fatal: error => this.#fail(error),
    })
  }

  async next(): Promise<Chunk | undefined> {
    this.#inbox.forgetGiven()
    this.#gate?.resumeReading()
    for (;;) {
      const chunk = this.#mode === 'closed' ? undefined : this.#inbox.give()
      if (chunk) {
        if (chunk.position !== undefined && this.#noting) this.#noting.receipt = chunk.receipt
        this.#gate?.resumeReading()
        return chunk
      }
      if (this.#fatal) throw this.#fatal
      if (this.#mode !== 'running') return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  settle(receipt: number, exceptions?: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[]): void {
    this.#inbox.settle(receipt, exceptions)
    const { text, receipt: noted } = this.#noting ?? {}
    if (text === undefined || noted === undefined || receipt < noted) return
    this.#noting = undefined
    this.#ledger!.noted = text
    if (this.#dialed) this.#subscribe(this.#dialed)
  }

  status(): SourceStatus {
    const keeper = this.#keeper
    const inbox = this.#inbox
    const subscribed = this.#subscribed
    const error = this.#fatal ?? keeper.lastError
    return {
      connected: subscribed,
      live: subscribed && this.#mode === 'running' && inbox.waiting === 0 && !(this.#gate?.paused ?? false),
      detail: this.#detail(),
      ...(keeper.endpoint ? { endpoint: keeper.endpoint.text } : {}),
      unsettled: inbox.unsettled,
      bufferedBytes: inbox.bytes + (this.#gate?.held ?? 0),
      reconnects: keeper.reconnects,
      ...(inbox.presettled > 0 ? { presettled: inbox.presettled } : {}),
      ...(this.#ledger?.loss ? { lost: this.#ledger.loss } : {}),
      ...(subscribed || this.#mode === 'closed' ? {} : { downSince: this.#downSince }),
      ...(error && !subscribed ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  /** What was not settled stays with the broker, where it keeps a session; else it is gone. */
  async close(how: 'release' | 'drain'): Promise<void> {
    if (this.#mode === 'closed') return
    this.#inbox.stop()
    this.#mode = how === 'drain' ? 'draining' : 'closed'
    this.#awake()
    if (how === 'drain') return
    this.#cancelPatience?.()
    this.#inbox.clear()
    this.#dialed = undefined
    this.#gate = undefined
    this.#subscribed = false
    await this.#keeper.leave()
  }

  #terms(): SessionTerms {
    const { clean, expirySeconds, receiveMaximum, maxMessageBytes } = this.#subscription
    return { clean, expirySeconds, receiveMaximum, maxMessageBytes, taker: this.#inbox }
  }

  #detail(): string {
    const { name } = this.#subscription
    if (this.#mode === 'closed') return 'closed'
    if (this.#fatal) return this.#fatal.message
    if (!this.#keeper.connected) return this.#keeper.detail
    if (this.#noting && this.#asked !== this.#dialed) return 'connected, waits until the journal has taken note of its session'
    if (!this.#subscribed) return `subscribing to ${name}`
    const { unsettled, presettled } = this.#inbox
    return [
      `subscribed to ${name}, ${messages(unsettled)} not acknowledged`,
      ...(this.#gate?.paused ? ['reading stands still until the job has taken what is here'] : []),
      ...(presettled > 0 ? [`${messages(presettled)} came with QoS 0, without protection against loss`] : []),
      ...(this.#tooLarge > 0 ? [`${messages(this.#tooLarge)} larger than the limit, among the dead letters`] : []),
      ...(this.#leftOut > 0 ? [`${messages(this.#leftOut)} of an earlier subscription of this session, left out`] : []),
      ...(this.#ledger?.loss ? [lossWords(this.#ledger.loss)] : []),
    ].join('; ')
  }

  /** The broker's first word, before any message. */
  #greeted(sessionPresent: boolean, gate: Gate): void {
    this.#gate = gate
    if (!this.#ledger?.greeted(sessionPresent, this.#context.time.wall())) return
    const words = `the session '${this.#settings.clientId}' was lost at the broker: what was published meanwhile is gone`
    this.#context.log.warn(words, { code: 'MR324', id: this.#context.id })
  }

  #up(dialed: Dialed): void {
    this.#dialed = dialed
    const { expirySeconds, clean } = this.#subscription
    const { granted } = dialed
    if (!clean && granted.expirySeconds !== undefined && granted.expirySeconds < expirySeconds)
      this.#context.log.warn(`${dialed.endpoint.text} keeps the session for ${granted.expirySeconds} s, not for ${expirySeconds} s`)
    if (this.#isToNote()) this.#cancelPatience = this.#context.time.after(patienceMs, () => this.#subscribe(dialed))
    else this.#subscribe(dialed)
  }

  /** Whether the journal has to hold first what the next start has to know; where it does, it is on its way. */
  #isToNote(): boolean {
    const ledger = this.#ledger
    if (!ledger || this.#context.journal === undefined || ledger.text === ledger.noted) return false
    if (ledger.text !== this.#noting?.text) {
      this.#noting = { text: ledger.text }
      this.#inbox.note(ledger.text)
    }
    return true
  }

  #subscribe(dialed: Dialed): void {
    this.#cancelPatience?.()
    if (this.#mode !== 'running' || this.#asked === dialed) return
    this.#asked = dialed
    const { filters, qos, retained } = this.#subscription
    const { client } = dialed
    this.#ledger?.subscribing()
    const asked = { qos, ...(this.#settings.version === 5 ? { rh: retainHandling[retained], rap: true } : {}) }
    const map: ISubscriptionMap = Object.fromEntries(filters.map(filter => [filter, asked]))
    client.subscribe(map, (error, grants, packet) => {
      if (this.#dialed !== dialed) return
      const codes = packet?.granted.map(Number) ?? grants?.map(grant => Number(grant.qos)) ?? []
      const refused = codes.findIndex(code => code >= 0x80)
      if (refused >= 0) this.#refuse(dialed, filters[refused]!, codes[refused]!)
      else if (error) dialed.destroy()
      else this.#ready(dialed, grants ?? [])
    })
  }

  #ready(dialed: Dialed, grants: readonly ISubscriptionGrant[]): void {
    this.#subscribed = true
    const { name, qos } = this.#subscription
    this.#context.log.info(`subscribed to ${name}`, { endpoint: dialed.endpoint.text })
    const lower = grants.find(grant => grant.qos < qos)
    if (lower)
      this.#context.log.warn(`${dialed.endpoint.text} grants QoS ${lower.qos} for ${lower.topic}, not ${qos}`, { id: this.#context.id })
    this.#awake()
  }

  #refuse({ endpoint }: Dialed, filter: string, code: number): void {
    this.#fail(new MillraceError('MR326', `${endpoint.text} refuses the subscription to '${filter}': ${reasonWords(code)}`))
  }

  #refused(bytes: number): void {
    if (this.#tooLarge++ > 0) return
    const most = this.#subscription.maxMessageBytes
    this.#context.log.warn(
      `a message of ${bytes} bytes is larger than the ${most} that this source takes; it goes to the dead letters, as does each such`,
      {
        id: this.#context.id,
      },
    )
  }

  #unasked(topic: string): void {
    if (this.#leftOut++ > 0) return
    const why = 'an earlier version of this source subscribed to it, and the broker keeps that with the session'
    this.#context.log.warn(`messages of '${topic}' are left out: ${why}; another \`clientId\` begins afresh`, { id: this.#context.id })
  }

  #lost(): void {
    if (this.#subscribed) this.#downSince = this.#context.time.monotonic()
    this.#cancelPatience?.()
    this.#dialed = undefined
    this.#gate = undefined
    this.#subscribed = false
    this.#inbox.lost()
    if (this.#mode !== 'running') this.#awake()
  }

  #fail(error: MillraceError): void {
    this.#fatal = error
    this.#keeper.stop()
    this.#lost()
    this.#awake()
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
