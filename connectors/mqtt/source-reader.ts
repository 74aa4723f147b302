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
import { SessionWatch } from './session-watch.js'
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
  readonly #session: SessionWatch | undefined
  /** What the connection, or the one that is being made, was asked for: that the broker keeps nothing. */
  #isClean = false
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
    const watched = { note: (text: string) => this.#inbox.note(text), goOn: () => this.#goOn() }
    this.#session = subscription.clean ? undefined : new SessionWatch(context, settings.clientId, watched)
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
        this.#session?.given(chunk)
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
    this.#session?.settled(receipt)
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
      ...(this.#session?.loss ? { lost: this.#session.loss } : {}),
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
    this.#session?.down()
    this.#inbox.clear()
    this.#dialed = undefined
    this.#gate = undefined
    this.#subscribed = false
    await this.#keeper.leave()
  }

  #terms(): SessionTerms {
    const { expirySeconds, receiveMaximum, maxMessageBytes } = this.#subscription
    this.#isClean = this.#wantsClean
    return { clean: this.#isClean, expirySeconds: this.#isClean ? 0 : expirySeconds, receiveMaximum, maxMessageBytes, taker: this.#inbox }
  }

  get #wantsClean(): boolean {
    return this.#subscription.clean || this.#session?.discards === true
  }

  #detail(): string {
    const { name } = this.#subscription
    if (this.#mode === 'closed') return 'closed'
    if (this.#fatal) return this.#fatal.message
    if (!this.#keeper.connected) return this.#keeper.detail
    if (this.#session?.isNoting && this.#asked !== this.#dialed) return 'connected, waits until the journal has taken note of its session'
    if (!this.#subscribed) return `subscribing to ${name}`
    const { unsettled, presettled } = this.#inbox
    return [
      `subscribed to ${name}, ${messages(unsettled)} not acknowledged`,
      ...(this.#gate?.paused ? ['reading stands still until the job has taken what is here'] : []),
      ...(presettled > 0 ? [`${messages(presettled)} came with QoS 0, without protection against loss`] : []),
      ...(this.#tooLarge > 0 ? [`${messages(this.#tooLarge)} larger than the limit, among the dead letters`] : []),
      ...(this.#leftOut > 0 ? [`${messages(this.#leftOut)} of an earlier subscription of this session, left out`] : []),
      ...(this.#session?.loss ? [lossWords(this.#session.loss)] : []),
    ].join('; ')
  }

  /** The broker's first word, before any message. */
  #greeted(sessionPresent: boolean, gate: Gate): void {
    this.#gate = gate
    this.#session?.greeted(sessionPresent)
  }

  #up(dialed: Dialed): void {
    this.#dialed = dialed
    const { expirySeconds } = this.#subscription
    const { granted } = dialed
    if (!this.#isClean && granted.expirySeconds !== undefined && granted.expirySeconds < expirySeconds)
      this.#context.log.warn(`${dialed.endpoint.text} keeps the session for ${granted.expirySeconds} s, not for ${expirySeconds} s`)
    const waits = this.#session?.isToWait() ?? false
    if (!waits || this.#isClean !== this.#wantsClean) this.#goOn()
  }

  /** Subscribes; on a connection of other terms than those of now another one is made for that. */
  #goOn(): void {
    const dialed = this.#dialed
    if (!dialed || this.#mode !== 'running') return
    if (this.#isClean === this.#wantsClean) {
      this.#subscribe(dialed)
      return
    }
    this.#lost()
    this.#keeper.renew()
  }

  #subscribe(dialed: Dialed): void {
    if (this.#mode !== 'running' || this.#asked === dialed) return
    this.#asked = dialed
    const { filters, qos, retained } = this.#subscription
    const { client } = dialed
    this.#session?.subscribing()
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
    this.#session?.down()
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
