import type { FrameReader } from '../amqp/frame-reader.js'
import { Performative } from '../amqp/frames.js'
import { type Attach, readAttach, writeAttach } from './attach.js'
import type { Connection } from './connection.js'
import { Deliveries } from './deliveries.js'
import { IncomingLink } from './incoming-link.js'
import type { Message } from './message.js'
import type { MessageBudget } from './message-budget.js'
import { type DeliveryOutcome, encodeError } from './outcome.js'
import { OutgoingLink } from './outgoing-link.js'
import { HANDLE_MAX, INCOMING_WINDOW } from './protocol-limits.js'
import { Refusal } from './refusal.js'
import { beginTransfer, readFlow, TRANSFER_OVERHEAD, writeDetach, writeDisposition, writeFlow } from './session-frames.js'

/** One session: links by handle, and by (name, direction), as the standard has it. */
export class Session {
  readonly channel: number
  readonly #connection: Connection
  readonly #links = new Map<number, IncomingLink | OutgoingLink>()
  readonly #names = new Set<string>()
  readonly #deliveries = new Deliveries()
  /** Handles detached from this side whose peer has not answered yet. */
  readonly #closing = new Set<number>()
  #nextOutgoing = 0
  #nextIncoming: number
  #remoteWindow: number
  #runFirst = 0
  #runLast = 0
  #runState: Buffer | undefined

  constructor(connection: Connection, channel: number, nextIncoming: number, remoteWindow: number) {
    this.#connection = connection
    this.channel = channel
    this.#nextIncoming = nextIncoming
    this.#remoteWindow = remoteWindow
  }

  /** One frame of this session; its descriptor is already read. */
  handle(performative: number, reader: FrameReader): void {
    switch (performative) {
      case Performative.transfer:
        this.#onTransfer(reader)
        return
      case Performative.disposition:
        // A sender's disposition tells nothing new: our side settled first.
        if (!reader.flag()) return
        this.#deliveries.disposition(reader, (id, outcome) => writeDisposition(this.#dirty(), this.channel, false, id, id, outcome.state))
        return
      case Performative.flow:
        this.#onFlow(reader)
        return
      case Performative.attach:
        this.#onAttach(readAttach(reader))
        return
      case Performative.detach:
        this.#onDetach(reader.uint(), reader.flag())
        return
      default:
        throw new Refusal('connection', 'amqp:not-implemented', `performative ${performative} is not known`)
    }
  }

  canSend(): boolean {
    return this.#remoteWindow > 0 && this.#connection.canWrite()
  }

  /** Gives each receiving peer what it may have, after a window or the socket has opened. */
  pump(): void {
    for (const link of this.#links.values()) {
      if (!(link instanceof OutgoingLink)) continue
      if (link.remainder) this.#continueTransfer(link)
      if (!link.remainder) link.pump()
    }
  }

  transfer(link: OutgoingLink, message: Message, deliveryCount: number, token: unknown): void {
    const delivery = { id: this.#deliveries.add(link, token), format: message.format }
    const { head, rest } = message.encoded(deliveryCount)
    const most = this.#connection.remoteMaxFrame - TRANSFER_OVERHEAD
    const whole = head.length + rest.length <= most
    const out = this.#dirty()
    beginTransfer(out, this.channel, link.handle, delivery, link.presettled, !whole)
    if (whole) {
      if (head.length > 0) out.payload(head)
      out.payload(rest)
    } else {
      const payload = head.length > 0 ? Buffer.concat([head, rest]) : rest
      out.payload(payload.subarray(0, most))
      link.remainder = { payload, at: most }
    }
    out.end()
    this.#frameSent()
    if (!whole) this.#continueTransfer(link)
  }

  /** Queues an outcome; runs of one outcome leave as one ranged disposition, different ones never share a frame. */
  settle(delivery: number, outcome: DeliveryOutcome): void {
    if (this.#runState === outcome.state && delivery === (this.#runLast + 1) >>> 0) {
      this.#runLast = delivery
      return
    }
    this.flushSettled()
    this.#runFirst = delivery
    this.#runLast = delivery
    this.#runState = outcome.state
    this.#dirty()
  }

  flushSettled(): void {
    if (this.#runState) writeDisposition(this.#connection.out, this.channel, true, this.#runFirst, this.#runLast, this.#runState)
    this.#runState = undefined
  }

  writeFlow(handle: number, deliveryCount: number, credit: number, drain: boolean): void {
    writeFlow(this.#dirty(), this.channel, this.#windows(), { handle, deliveryCount, credit, drain })
  }

  get budget(): MessageBudget {
    return this.#connection.budget
  }

  /** Closes one link from this side. */
  detachLink(handle: number, condition: string, description: string): void {
    const link = this.#links.get(handle)
    if (!link) return
    this.#connection.directory.unlink(link, true)
    this.#drop(link)
    this.#closing.add(handle)
    this.flushSettled()
    writeDetach(this.#dirty(), this.channel, handle, true, encodeError(condition, description))
  }

  /** The session or its connection is gone; durable subscriptions stay. */
  release(): void {
    for (const link of [...this.#links.values()]) {
      this.#connection.directory.unlink(link, false)
      this.#drop(link)
    }
  }

  #dirty(): Connection['out'] {
    this.#connection.dirty()
    return this.#connection.out
  }

  #windows(): { readonly nextIncoming: number; readonly nextOutgoing: number; readonly window: number } {
    return { nextIncoming: this.#nextIncoming, nextOutgoing: this.#nextOutgoing, window: INCOMING_WINDOW }
  }

  #continueTransfer(link: OutgoingLink): void {
    const rest = link.remainder
    const step = this.#connection.remoteMaxFrame - TRANSFER_OVERHEAD
    while (rest && rest.at < rest.payload.length && this.canSend()) {
      const to = Math.min(rest.payload.length, rest.at + step)
      const out = this.#dirty()
      beginTransfer(out, this.channel, link.handle, undefined, link.presettled, to < rest.payload.length)
      out.payload(rest.payload.subarray(rest.at, to))
      out.end()
      rest.at = to
      this.#frameSent()
    }
    if (rest && rest.at >= rest.payload.length) link.remainder = undefined
  }

  #frameSent(): void {
    this.#nextOutgoing = (this.#nextOutgoing + 1) >>> 0
    this.#remoteWindow--
  }

  #drop(link: IncomingLink | OutgoingLink): void {
    this.#links.delete(link.handle)
    this.#names.delete(`${link instanceof OutgoingLink} ${link.name}`)
    if (link instanceof OutgoingLink) this.#deliveries.forget(link)
    link.release()
  }

  #onAttach(attach: Attach): void {
    const key = `${attach.receives} ${attach.name}`
    if (attach.handle > HANDLE_MAX) throw new Refusal('connection', 'amqp:connection:framing-error', `handles end at ${HANDLE_MAX}`)
    if (this.#links.has(attach.handle)) throw new Refusal('session', 'amqp:session:handle-in-use', `handle ${attach.handle} is taken`)
    if (this.#names.has(key))
      throw new Refusal('session', 'amqp:session:errant-link', `link ${JSON.stringify(attach.name)} is attached already`)
    try {
      const place = this.#connection.directory.place(this, attach, this.#connection.containerId)
      this.#links.set(attach.handle, place.link)
      this.#names.add(key)
      this.#writeAttach(attach, place)
      place.begin()
    } catch (error) {
      if (!(error instanceof Refusal) || error.scope !== 'link') throw error
      this.#writeAttach(attach, undefined)
      this.#closing.add(attach.handle)
      writeDetach(this.#dirty(), this.channel, attach.handle, true, encodeError(error.condition, error.message))
    }
  }

  #writeAttach(attach: Attach, termini: { readonly source: Buffer; readonly target: Buffer } | undefined): void {
    writeAttach(this.#dirty(), this.channel, attach, termini, this.budget.maxMessageSize)
  }

  #onDetach(handle: number | undefined, closed: boolean): void {
    if (handle === undefined || this.#closing.delete(handle)) return
    const link = this.#links.get(handle)
    if (!link) throw new Refusal('session', 'amqp:session:unattached-handle', `handle ${handle} is not attached`)
    this.#connection.directory.unlink(link, closed)
    this.#drop(link)
    this.flushSettled()
    writeDetach(this.#dirty(), this.channel, handle, closed, undefined)
  }

  #onTransfer(reader: FrameReader): void {
    this.#nextIncoming = (this.#nextIncoming + 1) >>> 0
    const handle = reader.uint()
    const id = reader.uint()
    reader.binary()
    const format = reader.uint()
    const settled = reader.flag()
    const more = reader.flag()
    reader.uint()
    reader.rawField()
    reader.flag()
    const aborted = reader.flag()
    if (handle === undefined || this.#closing.has(handle)) return
    const link = this.#links.get(handle)
    if (!(link instanceof IncomingLink))
      throw new Refusal('session', 'amqp:session:unattached-handle', `no link takes transfers on handle ${handle}`)
    try {
      link.transfer(id, format, settled, more, aborted, reader.payload())
    } catch (error) {
      if (!(error instanceof Refusal) || error.scope !== 'link') throw error
      this.detachLink(handle, error.condition, error.message)
    }
  }

  #onFlow(reader: FrameReader): void {
    const { nextIncoming, window, nextOutgoing, handle, deliveryCount, credit, drain, echo } = readFlow(reader)
    if (nextOutgoing !== undefined) this.#nextIncoming = nextOutgoing
    this.#remoteWindow = Math.max(0, window - ((this.#nextOutgoing - nextIncoming) >>> 0))
    if (handle !== undefined && !this.#closing.has(handle)) {
      const link = this.#links.get(handle)
      if (!link) throw new Refusal('session', 'amqp:session:unattached-handle', `handle ${handle} is not attached`)
      if (link instanceof OutgoingLink) link.flow(deliveryCount, credit, drain)
      else link.flow(deliveryCount)
      if (echo) link.echo()
    } else if (echo) writeFlow(this.#dirty(), this.channel, this.#windows(), undefined)
    this.pump()
  }
}
