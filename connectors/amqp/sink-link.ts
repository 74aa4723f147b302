import type { AmqpError, Connection, Delivery, EventContext, Sender } from '../../src/amqp/rhea.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { Backoff } from '../../src/model/backoff.js'
import type { MillraceError } from '../../src/model/errors/millrace-error.js'
import { onAttachAnswer } from './attach-answer.js'
import { endingOf } from './conditions.js'

/** One row on its way. `done` is called once: acknowledged, or rejected with the peer's reason. */
export interface Pending {
  readonly sequence: number
  readonly id: string
  readonly bytes: Uint8Array
  done(rejection: AmqpError | undefined): void
}

export interface SinkLinkOwner {
  progress(): void
  fatal(error: MillraceError): void
}

/**
 * Sends to one address, in order, as the peer's credit allows; what the peer released or modified, and what was in flight
 * when a link was lost, is kept and sent again with growing pauses. Nothing waits inside rhea, which forgets unsettled
 * sends when a connection is lost.
 */
export class SinkLink {
  attached = false
  lastError: MillraceError | undefined
  #connection: Connection | undefined
  #sender: Sender | undefined
  #waiting: Pending[] = []
  readonly #inFlight = new Map<Delivery, Pending>()
  /** Sent in this turn, and not yet taken from `sender.credit` by rhea. */
  #unprocessed = 0
  #resting = false
  #cancel: (() => void) | undefined
  readonly #backoff: { readonly retry: Backoff; readonly slow: Backoff; readonly resend: Backoff }

  readonly address: string
  readonly #context: ConnectorContext
  readonly #capabilities: readonly string[]
  readonly #owner: SinkLinkOwner

  constructor(context: ConnectorContext, address: string, capabilities: readonly string[], owner: SinkLinkOwner) {
    this.#context = context
    this.address = address
    this.#capabilities = capabilities
    this.#owner = owner
    const { random } = context
    this.#backoff = {
      retry: new Backoff(random, 100, 30_000),
      slow: new Backoff(random, 5_000, 60_000),
      resend: new Backoff(random, 50, 10_000),
    }
  }

  get pending(): number {
    return this.#waiting.length + this.#inFlight.size
  }

  get credit(): number {
    return this.attached ? Math.max(0, (this.#sender?.credit ?? 0) - this.#unprocessed) : 0
  }

  /** What it waits for, as a few words. */
  get waitsFor(): string {
    if (!this.attached) return this.lastError ? this.lastError.message : `the link to '${this.address}'`
    if (this.#inFlight.size > 0) return `acknowledgement from '${this.address}'`
    return this.#resting ? `'${this.address}' to take what it gave back` : `credit from '${this.address}'`
  }

  push(pending: Pending): void {
    this.#waiting.push(pending)
  }

  attach(connection: Connection): void {
    this.#connection = connection
    const session = connection.create_session(2_048)
    session.begin()
    const terminus = { address: this.address, ...(this.#capabilities.length > 0 ? { capabilities: this.#capabilities } : {}) }
    const name = `millrace.${this.#context.job}.${this.#context.id}.${this.#context.random.hex(8)}`
    const sender = session.open_sender({ name, target: terminus, source: {}, snd_settle_mode: 0, treat_modified_as_released: false })
    this.#sender = sender
    const mine = (listener: (context: EventContext) => void) => (context: EventContext) => {
      if (this.#sender === sender) listener(context)
    }
    const established = () => {
      if (this.#sender !== sender || this.attached) return
      this.attached = true
      this.lastError = undefined
      this.#backoff.retry.reset()
      this.#backoff.slow.reset()
      this.pump()
    }
    sender.on('sender_open', () => onAttachAnswer(sender.target, this.#context.time, established))
    const on = (event: string, listener: (context: EventContext) => void) => sender.on(event, mine(listener))
    on('sendable', () => this.pump())
    on('sender_draining', () => {
      this.pump()
      sender.set_drained(true)
    })
    // `settled`: without an outcome, so the peer is done with it.
    for (const event of ['accepted', 'settled']) on(event, ({ delivery }) => this.#settled(delivery, 'accepted'))
    for (const event of ['released', 'modified']) on(event, ({ delivery }) => this.#settled(delivery, 'again'))
    on('rejected', ({ delivery }) => this.#settled(delivery, 'rejected'))
    const end = mine(c => {
      this.#ended(sender.error ?? c.session.error)
      // Later, so that rhea's answer to a detach does not follow the end of its session.
      this.#context.time.after(0, () => {
        if (this.#connection === connection && !session.is_closed()) session.close()
      })
    })
    for (const event of ['sender_error', 'sender_close']) sender.on(event, end)
    for (const event of ['session_error', 'session_close']) session.on(event, end)
  }

  /** The connection is gone: what was in flight is sent again over the next one. */
  lost(): void {
    this.#cancel?.()
    this.#connection = undefined
    this.#sender = undefined
    this.attached = false
    this.#resting = false
    this.#unprocessed = 0
    this.#keep([...this.#inFlight.values()])
    this.#inFlight.clear()
  }

  close(): void {
    this.#cancel?.()
    const sender = this.#sender
    this.#sender = undefined
    this.attached = false
    sender?.session.close()
  }

  /** Forgets rows that nobody waits for any more. */
  drop(): void {
    this.#waiting = []
    this.#inFlight.clear()
  }

  pump(): void {
    const sender = this.#sender
    if (!sender || !this.attached || this.#resting) return
    const most = sender.max_message_size || Number.POSITIVE_INFINITY
    const tooLarge: Pending[] = []
    let sent = 0
    while (sender.credit - this.#unprocessed > sent && this.#waiting.length > sent + tooLarge.length && sender.sendable()) {
      const pending = this.#waiting[sent + tooLarge.length]!
      if (pending.bytes.length > most) {
        tooLarge.push(pending)
        continue
      }
      this.#inFlight.set(sender.send(pending.bytes, undefined, 0), pending)
      sent++
    }
    this.#waiting.splice(0, sent + tooLarge.length)
    for (const { bytes, done } of tooLarge)
      done({ condition: 'amqp:link:message-size-exceeded', description: `${bytes.length} bytes, and '${this.address}' takes ${most}` })
    if (tooLarge.length > 0) this.#owner.progress()
    if (sent === 0) return
    this.#unprocessed += sent
    // rhea writes on the next tick, registered before this one, and lowers its credit then.
    process.nextTick(() => {
      if (this.#sender === sender) this.#unprocessed -= sent
    })
  }

  #settled(delivery: Delivery, outcome: 'accepted' | 'rejected' | 'again'): void {
    const pending = this.#inFlight.get(delivery)
    if (!pending) return
    this.#inFlight.delete(delivery)
    if (outcome === 'again') {
      this.#keep([pending])
      this.#rest()
      return
    }
    this.#backoff.resend.reset()
    this.#owner.progress()
    pending.done(outcome === 'rejected' ? (delivery.remote_state?.error ?? {}) : undefined)
    this.pump()
  }

  /** Back into the line, in the order of their sequence. */
  #keep(again: readonly Pending[]): void {
    this.#waiting = [...again, ...this.#waiting].sort((a, b) => a.sequence - b.sequence)
  }

  #rest(): void {
    if (this.#resting) return
    this.#resting = true
    this.#cancel = this.#context.time.after(this.#backoff.resend.next(), () => {
      this.#resting = false
      this.pump()
    })
  }

  #ended(reason: AmqpError | undefined): void {
    const connection = this.#connection
    const { error, recovery } = endingOf(`the link to '${this.address}'`, reason)
    this.lost()
    this.lastError = error
    this.#context.log.warn(error.message, { code: error.code })
    if (recovery === 'fatal') this.#owner.fatal(error)
    else if (connection) {
      this.#connection = connection
      this.#cancel = this.#context.time.after(this.#backoff[recovery].next(), () => {
        if (this.#connection === connection) this.attach(connection)
      })
    }
  }
}
