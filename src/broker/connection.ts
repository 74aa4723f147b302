import type { Socket } from 'node:net'
import { FrameReader, MalformedFrame } from '../amqp/frame-reader.js'
import type { FrameWriter } from '../amqp/frame-writer.js'
import { type FrameSink, FrameSplitter, type FrameViolation, Performative } from '../amqp/frames.js'
import { closeFrame, endFrame, saslMechanisms, saslOutcome, writeBegin, writeOpen } from './connection-frames.js'
import type { ConnectionOptions } from './connection-options.js'
import type { Directory } from './directory.js'
import { MessageBudget } from './message-budget.js'
import { Outlet } from './outlet.js'
import { CHANNEL_MAX, HANDLE_MAX, HANDSHAKE_BYTES, HANDSHAKE_MS, INCOMING_WINDOW, LINGER_MS } from './protocol-limits.js'
import { Pulse } from './pulse.js'
import { Refusal } from './refusal.js'
import { Session } from './session.js'

const outOfPlace = (performative: number): Refusal =>
  new Refusal('connection', 'amqp:not-allowed', `performative ${performative} is out of place`)

/** One peer: protocol headers, SASL, open, sessions, heartbeats, and one write per turn of the event loop. */
export class Connection implements FrameSink {
  readonly out: FrameWriter
  readonly directory: Directory
  readonly budget: MessageBudget
  containerId = ''
  remoteMaxFrame = 512
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #splitter: FrameSplitter
  readonly #reader = new FrameReader()
  readonly #sessions = new Map<number, Session>()
  /** Channels whose session we ended, until the peer does. */
  readonly #ended = new Set<number>()
  readonly #remoteAddress: string
  #state: 'header' | 'sasl' | 'authenticated' | 'open' | 'closed' = 'header'
  #handshakeBytes = 0
  readonly #pulse: Pulse
  readonly #outlet: Outlet

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.directory = options.directory
    this.budget = new MessageBudget(options.maxMessageSize)
    this.#remoteAddress = socket.remoteAddress ?? ''
    this.#splitter = new FrameSplitter({ maxFrameSize: options.maxFrameSize, channelMax: CHANNEL_MAX }, this)
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#input(chunk))
    this.#outlet = new Outlet(socket, options.time, {
      beforeWrite: () => this.#each(session => session.flushSettled()),
      onRoom: () => this.#each(session => session.pump()),
    })
    this.out = this.#outlet.out
    socket.on('error', error => this.#options.log.info('a peer was lost', { peer: this.#remoteAddress, reason: error.message }))
    socket.on('end', () => this.#socket.end())
    socket.on('close', () => this.#finish())
    this.#pulse = new Pulse(options.time)
    this.#pulse.deadline(HANDSHAKE_MS, () => {
      this.#warn(`no open within ${HANDSHAKE_MS / 1000} s`)
      this.#socket.destroy()
    })
  }

  canWrite(): boolean {
    return this.#state === 'open' && this.#outlet.hasRoom()
  }

  /** Output waits for the end of this turn. */
  dirty(): void {
    this.#outlet.dirty()
  }

  header(protocolId: number): void {
    if (protocolId === 3) {
      this.#state = 'sasl'
      this.out.header(3)
      saslMechanisms(this.out, this.#options.authenticator.mechanisms(this.#remoteAddress))
      this.dirty()
      return
    }
    if (this.#state === 'header' && !this.#options.authenticator.allowsAnonymous(this.#remoteAddress)) {
      // Part 2 §2.2: answer with the header we want, and close.
      this.out.header(3)
      this.#shut('a peer without SASL was refused')
      return
    }
    if (this.#state === 'sasl') this.#shut('a peer went on without authentication')
    else {
      this.#state = 'authenticated'
      this.out.header(0)
      this.dirty()
    }
  }

  frame(buffer: Buffer, start: number, end: number): void {
    const body = start + buffer[start + 4]! * 4
    if (body === end) return
    const channel = buffer.readUInt16BE(start + 6)
    try {
      const reader = this.#reader.reset(buffer, body, end)
      this.#dispatch(channel, reader.openList(), reader)
    } catch (error) {
      this.#refuse(channel, error)
    }
  }

  violation(violation: FrameViolation): void {
    this.#warn(violation.message)
    if (violation.fault === 'protocol-header') {
      this.out.header(this.#options.authenticator.allowsAnonymous(this.#remoteAddress) ? 0 : 3)
      this.#shut(undefined)
    } else this.close('amqp:connection:framing-error', `MR706: ${violation.message}`)
  }

  /** Ends the connection with an error that the peer can read. */
  close(condition: string, description: string): void {
    if (this.#state === 'closed') return
    this.#each(session => session.flushSettled())
    if (this.#state === 'authenticated') writeOpen(this.out, this.#options)
    if (this.#state === 'authenticated' || this.#state === 'open') closeFrame(this.out, condition, description)
    this.#shut(undefined)
  }

  #input(chunk: Buffer): void {
    if (this.#state === 'closed') return
    this.#pulse.hear()
    if (this.#state !== 'open') {
      this.#handshakeBytes += chunk.length
      if (this.#handshakeBytes > HANDSHAKE_BYTES + this.#options.maxFrameSize) {
        this.violation({ fault: 'handshake-bytes', message: `over ${HANDSHAKE_BYTES} bytes before an open` })
        return
      }
    }
    this.#splitter.push(chunk)
  }

  #dispatch(channel: number, performative: number, reader: FrameReader): void {
    if (this.#state === 'open') this.#onOpenFrame(channel, performative, reader)
    else if (this.#state === 'sasl') this.#onSasl(performative, reader)
    else if (this.#state === 'authenticated' && performative === Performative.open) this.#onOpen(reader)
    else if (this.#state !== 'closed') throw outOfPlace(performative)
  }

  #onOpenFrame(channel: number, performative: number, reader: FrameReader): void {
    if (performative === Performative.begin) this.#onBegin(channel, reader)
    else if (performative === Performative.end) this.#onEnd(channel)
    else if (performative === Performative.close) {
      closeFrame(this.out, undefined, undefined)
      this.#shut(undefined)
    } else if (performative > Performative.close || performative === Performative.open) throw outOfPlace(performative)
    // What was under way when we ended a session is let go until the peer ends it too.
    else if (!this.#ended.has(channel)) {
      const session = this.#sessions.get(channel)
      if (!session) throw new Refusal('connection', 'amqp:not-allowed', `no session on channel ${channel}`)
      session.handle(performative, reader)
    }
  }

  #onSasl(performative: number, reader: FrameReader): void {
    if (performative !== Performative.saslInit) {
      this.#shut('a SASL exchange that the node does not know')
      return
    }
    const good = this.#options.authenticator.judges(reader, this.#remoteAddress)
    saslOutcome(this.out, good ? 0 : 1)
    if (!good) this.#shut('wrong credentials (MR705)')
    else {
      this.#state = 'authenticated'
      this.dirty()
    }
  }

  #onOpen(reader: FrameReader): void {
    const containerId = reader.field()
    reader.field()
    const maxFrame = reader.uint() ?? 0xffffffff
    reader.uint()
    const idle = reader.uint() ?? 0
    this.containerId = typeof containerId === 'string' ? containerId : ''
    this.remoteMaxFrame = Math.max(512, Math.min(maxFrame, this.#options.maxFrameSize))
    this.#state = 'open'
    writeOpen(this.out, this.#options)
    this.dirty()
    this.#pulse.watch(() => this.close('amqp:resource-limit-exceeded', 'nothing was heard for a minute'))
    if (idle > 0)
      this.#pulse.beat(Math.max(10, idle / 2), () => {
        this.out.empty()
        this.dirty()
      })
  }

  #onBegin(channel: number, reader: FrameReader): void {
    if (this.#sessions.has(channel) || this.#ended.has(channel))
      throw new Refusal('connection', 'amqp:not-allowed', `channel ${channel} has a session already`)
    reader.uint()
    const nextOutgoing = reader.uint() ?? 0
    this.#sessions.set(channel, new Session(this, channel, nextOutgoing, reader.uint() ?? 0))
    writeBegin(this.out, channel, INCOMING_WINDOW, HANDLE_MAX)
    this.dirty()
  }

  #onEnd(channel: number): void {
    if (this.#ended.delete(channel)) return
    this.#sessions.get(channel)?.release()
    if (this.#sessions.delete(channel)) endFrame(this.out, channel, undefined, undefined)
    this.dirty()
  }

  #refuse(channel: number, error: unknown): void {
    if (error instanceof Refusal && error.scope !== 'connection' && this.#sessions.has(channel)) {
      this.#sessions.get(channel)?.release()
      this.#sessions.delete(channel)
      this.#ended.add(channel)
      endFrame(this.out, channel, error.condition, error.message)
      this.dirty()
      return
    }
    const malformed = error instanceof MalformedFrame || error instanceof RangeError
    const description = error instanceof Error ? error.message : String(error)
    this.#warn(description)
    this.close(error instanceof Refusal ? error.condition : malformed ? 'amqp:decode-error' : 'amqp:internal-error', description)
  }

  #warn(reason: string): void {
    this.#options.log.warn('a peer was refused', { peer: this.#remoteAddress, code: 'MR706', reason })
  }

  #each(act: (session: Session) => void): void {
    for (const session of this.#sessions.values()) act(session)
  }

  #shut(reason: string | undefined): void {
    if (reason !== undefined) this.#warn(reason)
    this.#outlet.flush()
    this.#splitter.stop()
    this.#finish()
    // The peer reads the last frames before the socket goes; `destroySoon` waits for the writes, and one that does not read waits no longer.
    this.#socket.destroySoon()
    const cancel = this.#options.time.after(LINGER_MS, () => this.#socket.destroy())
    this.#socket.once('close', cancel)
  }

  #finish(): void {
    this.#state = 'closed'
    this.#pulse.stop()
    this.#outlet.stop()
    this.#each(session => session.release())
    this.#sessions.clear()
    this.#options.onClosed(this)
  }
}
