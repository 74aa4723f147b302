import { type EncodedOutcome, type EventContext, outcomes, type Receiver, withdrawCredit, writeDisposition } from '../../src/amqp/rhea.js'
import { takeTransfers } from '../../src/amqp/take-transfers.js'
import { presettled, type Segment } from '../../src/connector/segment.js'
import { SegmentQueue } from '../../src/connector/segment-queue.js'
import type { ConnectorContext, Outcome, SourceReader, SourceStatus } from '../../src/connector/source.js'
import { Backoff } from '../../src/model/backoff.js'
import type { Chunk } from '../../src/model/chunk.js'
import type { MillraceError } from '../../src/model/errors/millrace-error.js'
import { onAttachAnswer, refusalMs } from './attach-answer.js'
import { type Ending, endingOf } from './conditions.js'
import { CreditPolicy } from './credit-policy.js'
import type { Dialed } from './dialed.js'
import { goodbye } from './goodbye.js'
import { Keeper, type KeeperSettings } from './keeper.js'
import { Ledger, type Run } from './ledger.js'
import { receiverOptions, type SourceLink } from './source-link.js'

const segmentBytes = 256 * 1024

const encoded = (outcome: Outcome): EncodedOutcome => {
  switch (outcome.outcome) {
    case 'accepted':
      return outcomes.accepted()
    case 'released':
      return outcomes.released()
    case 'rejected':
      return outcomes.rejected({ condition: outcome.condition, description: outcome.description })
    case 'modified':
      return outcomes.modified({ delivery_failed: outcome.deliveryFailed ?? false, undeliverable_here: outcome.undeliverableHere ?? false })
  }
}

/** Reads one address over one connection with one session and one link; a lost link is attached again in a new session. */
export class AmqpSourceReader implements SourceReader {
  readonly #keeper: Keeper
  readonly #queue = new SegmentQueue(segmentBytes)
  readonly #ledger = new Ledger()
  readonly #credit: CreditPolicy
  readonly #backoff: { readonly retry: Backoff; readonly slow: Backoff }
  readonly #context: ConnectorContext
  readonly #link: SourceLink
  #dialed: Dialed | undefined
  #receiver: Receiver | undefined
  #attached = false
  #attachedAt = 0
  /** Monotonic ms since there is no lasting link, be it for want of a connection or because the peer refuses it. */
  #downSince: number
  #given: Segment | undefined
  #receipt = 0
  #wake: (() => void) | undefined
  #fatal: MillraceError | undefined
  #linkError: MillraceError | undefined
  #mode: 'running' | 'draining' | 'closed' = 'running'
  #cancelReattach: (() => void) | undefined
  #reattached = 0
  #presettledCount = 0
  #oversized = 0

  constructor(context: ConnectorContext, settings: KeeperSettings, link: SourceLink) {
    this.#context = context
    this.#link = link
    this.#downSince = context.time.monotonic()
    this.#credit = new CreditPolicy(link.credit, context.bufferBytes)
    this.#backoff = { retry: new Backoff(context.random, 100, 30_000), slow: new Backoff(context.random, 5_000, 60_000) }
    this.#keeper = new Keeper(settings, {
      up: dialed => this.#attach(dialed),
      down: error => this.#lost(error),
      fatal: error => this.#fail(error),
    })
    this.#keeper.start()
  }

  async next(): Promise<Chunk | undefined> {
    if (this.#given) this.#queue.recycle(this.#given)
    this.#given = undefined
    this.#grant()
    while (this.#queue.messages === 0) {
      if (this.#fatal) throw this.#fatal
      if (this.#mode !== 'running') return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    const segment = this.#queue.take()!
    this.#given = segment
    const receipt = ++this.#receipt
    this.#ledger.add(receipt, segment)
    this.#credit.observe(segment.length, segment.used)
    this.#grant()
    return segment.chunk(receipt)
  }

  settle(receipt: number, exceptions?: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[]): void {
    this.#write(this.#ledger.settle(receipt, exceptions))
  }

  status(): SourceStatus {
    const keeper = this.#keeper
    const attached = this.#attached
    const receiver = this.#receiver
    const queue = this.#queue
    const credit = attached ? (receiver?.credit ?? 0) : 0
    const error = this.#fatal ?? keeper.lastError ?? this.#linkError
    return {
      connected: attached,
      live: attached && credit > 0 && queue.messages === 0,
      detail: this.#detail(credit),
      ...(keeper.endpoint ? { endpoint: keeper.endpoint.text } : {}),
      credit,
      unsettled: this.#ledger.unsettled,
      bufferedBytes: queue.bytes + (this.#given?.used ?? 0),
      reconnects: keeper.reconnects + this.#reattached,
      ...(this.#presettledCount > 0 ? { presettled: this.#presettledCount } : {}),
      ...(attached ? {} : { downSince: this.#downSince }),
      ...(error && !attached ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(how: 'release' | 'drain'): Promise<void> {
    if (this.#mode === 'closed') return
    if (this.#receiver && this.#attached) {
      this.#credit.stop()
      withdrawCredit(this.#receiver)
    }
    this.#cancelReattach?.()
    this.#mode = how === 'drain' ? 'draining' : 'closed'
    this.#awake()
    if (how === 'drain') return
    this.#write([
      ...this.#ledger.release(),
      ...this.#queue.unsettledIds().map(id => ({ first: id, last: id, outcome: { outcome: 'released' } as const })),
    ])
    this.#queue.clear()
    await this.#goodbye()
    this.#keeper.stop()
  }

  #detail(credit: number): string {
    const { address } = this.#link
    if (this.#mode === 'closed') return 'closed'
    if (this.#fatal) return this.#fatal.message
    if (!this.#keeper.connected) return this.#keeper.detail
    if (!this.#attached) return this.#linkError ? `waits for ${address}: ${this.#linkError.message}` : `attaching to ${address}`
    const notes = [
      ...(this.#presettledCount > 0 ? [`${this.#presettledCount} settled by their sender, without protection against loss`] : []),
      ...(this.#oversized > 0 ? [`${this.#oversized} larger than the limit, rejected`] : []),
    ]
    return [`attached to ${address}, credit ${credit.toLocaleString('en')}`, ...notes].join('; ')
  }

  #attach(dialed: Dialed): void {
    if (this.#mode === 'closed') return
    this.#dialed = dialed
    const session = dialed.connection.create_session(16_384)
    session.begin()
    const receiver = session.open_receiver(receiverOptions(this.#link))
    this.#receiver = receiver
    takeTransfers(receiver, this.#link.maxMessageBytes, {
      message: (bytes, id, settled) => this.#take(receiver, bytes, id, settled),
      tooLarge: (id, bytes, settled) => this.#refuse(receiver, id, bytes, settled),
    })
    let over = false
    const end = (context: EventContext) => {
      if (over || this.#receiver !== receiver) return
      over = true
      const ending = endingOf(`the link to '${this.#link.address}'`, receiver.error ?? context.session.error)
      this.#detached(ending)
      // Later, so that rhea's answer to a detach does not follow the end of its session.
      this.#context.time.after(0, () => {
        if (this.#dialed === dialed && this.#mode !== 'closed' && !session.is_closed()) session.close()
      })
    }
    const established = () => {
      if (this.#receiver !== receiver || over) return
      this.#attached = true
      this.#attachedAt = this.#context.time.monotonic()
      this.#linkError = undefined
      this.#keeper.proved()
      this.#backoff.retry.reset()
      this.#backoff.slow.reset()
      this.#context.log.info(`attached to ${this.#link.address}`, { endpoint: dialed.endpoint.text })
      this.#grant()
    }
    receiver.on('receiver_open', () => onAttachAnswer(receiver.source, this.#context.time, established))
    receiver.on('receiver_error', end)
    receiver.on('receiver_close', end)
    session.on('session_error', end)
    session.on('session_close', end)
  }

  #take(receiver: Receiver, bytes: Uint8Array, id: number, settled: boolean): void {
    if (this.#receiver !== receiver || this.#mode === 'closed') return
    if (settled) this.#presettledCount++
    this.#queue.append(bytes, settled ? presettled : id)
    if (this.#wake) this.#awake()
  }

  #refuse(receiver: Receiver, id: number, bytes: number, settled: boolean): void {
    this.#oversized++
    const description = `a message of ${bytes} bytes is larger than the ${this.#link.maxMessageBytes} that this receiver takes`
    this.#context.log.warn(description, { address: this.#link.address })
    if (!settled)
      writeDisposition(receiver.session, id, id, outcomes.rejected({ condition: 'amqp:link:message-size-exceeded', description }))
  }

  #grant(): void {
    const receiver = this.#receiver
    if (!this.#attached || !receiver || this.#mode !== 'running') return
    const more = this.#credit.more(receiver.credit, this.#queue.messages, this.#queue.bytes + (this.#given?.used ?? 0))
    if (more > 0) receiver.add_credit(more)
  }

  #detached({ error, recovery }: Ending): void {
    this.#forgetLink()
    this.#linkError = error
    this.#context.log.warn(error.message, { code: error.code })
    if (this.#mode !== 'running') this.#awake()
    else if (recovery === 'fatal') this.#fail(error)
    else this.#reattachIn(this.#backoff[recovery].next())
  }

  #reattachIn(ms: number): void {
    const dialed = this.#dialed
    this.#cancelReattach = this.#context.time.after(ms, () => {
      if (this.#dialed !== dialed || !dialed || this.#mode !== 'running') return
      this.#reattached++
      this.#attach(dialed)
    })
  }

  /** Everything unsettled will be sent again: it is neither ours to settle nor to give out. */
  #forgetLink(): void {
    // A link that is refused right after its attach was never there.
    const now = this.#context.time.monotonic()
    if (this.#attached && now - this.#attachedAt > refusalMs) this.#downSince = now
    this.#attached = false
    this.#receiver = undefined
    this.#ledger.forget()
    this.#queue.forgetUnsettled()
  }

  #lost(error: MillraceError): void {
    this.#cancelReattach?.()
    this.#dialed = undefined
    this.#linkError = error
    this.#forgetLink()
    if (this.#mode !== 'running') this.#awake()
  }

  #fail(error: MillraceError): void {
    this.#fatal = error
    this.#keeper.stop()
    this.#forgetLink()
    this.#awake()
  }

  #write(runs: readonly Run[]): void {
    if (!this.#receiver || !this.#attached) return
    for (const { first, last, outcome } of runs) writeDisposition(this.#receiver.session, first, last, encoded(outcome))
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** A durable subscription is only detached, so that it lives on. */
  async #goodbye(): Promise<void> {
    const dialed = this.#dialed
    if (!dialed || !this.#keeper.connected) return
    const receiver = this.#receiver
    this.#receiver = undefined
    this.#attached = false
    await goodbye(dialed, this.#context.time, () => (this.#link.durable ? receiver?.detach() : receiver?.close()))
  }
}
