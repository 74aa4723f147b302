import { connect } from 'node:net'
import { encodeMessage } from '../amqp/encode-message.js'
import { type Connection, createContainer, type Delivery, type LazyMessage, type Sender } from '../amqp/rhea.js'
import type { TimeSource } from '../model/seams.js'
import { ResultIds } from './result-ids.js'

export type Capability = 'queue' | 'topic'

/** What a device sends. */
export interface DeviceMessage {
  readonly address: string
  readonly capability: Capability
  readonly id: string
  /** An AMQP value of text, or a data section of UTF-8. */
  readonly body: { readonly value: string } | { readonly data: string }
}

/** A message on its way to the node. */
interface Pending {
  readonly bytes: Uint8Array
  /** The devices' clock when it was sent. */
  readonly at: number
}

interface Outlet {
  readonly address: string
  readonly capability: Capability
  sender: Sender | undefined
  /** Not yet sent, or sent on a connection that broke before the node accepted it. */
  waiting: Pending[]
  readonly inFlight: Map<Delivery, Pending>
  /** Wake those who wait until theirs is sent. */
  wakes: (() => void)[]
}

interface Ear {
  readonly address: string
  readonly capability: Capability
  readonly heard: (message: LazyMessage) => void
}

/** Real ms between two attempts to reach the node. */
const redialMs = 200
/** Messages that are remembered, to be sent again as duplicates. */
const remembered = 24

/**
 * The devices' side of an AMQP connection: sends as credit allows, sends again what a connection that broke had not
 * brought to the node, and hears commands and results. It is a plain client of the node and knows nothing of jobs.
 */
export class DeviceLink {
  readonly #url: URL
  readonly #name: string
  readonly #time: TimeSource
  readonly #clock: TimeSource
  readonly #outlets = new Map<string, Outlet>()
  readonly #ears: Ear[] = []
  readonly #recent: DeviceMessage[] = []
  readonly results = new ResultIds()
  #connection: Connection | undefined
  #closed = false
  /** Messages that the node has accepted. */
  accepted = 0

  /** `time` is real time, for the pauses between attempts to connect; `clock` is the devices' own. */
  constructor(url: string, name: string, time: TimeSource, clock: TimeSource = time) {
    this.#url = new URL(url)
    this.#name = name
    this.#time = time
    this.#clock = clock
    this.#dial()
  }

  /** The last messages sent, oldest first. */
  get recent(): readonly DeviceMessage[] {
    return [...this.#recent]
  }

  /** When the oldest message was sent that the node has not answered for, on the devices' clock; undefined: there is none. */
  get pendingSince(): number | undefined {
    let since: number | undefined
    for (const { waiting, inFlight } of this.#outlets.values())
      for (const { at } of [...inFlight.values(), ...waiting]) since = Math.min(since ?? at, at)
    return since
  }

  /** Resolves when the message was handed to a connection; waits while there is none, or no credit. */
  async send(message: DeviceMessage): Promise<void> {
    const { id, body } = message
    const outlet = this.#outlet(message)
    const contentType = 'value' in body ? undefined : 'application/json'
    outlet.waiting.push({ bytes: encodeMessage({ durable: true, messageId: id, contentType, body }), at: this.#clock.wall() })
    this.#recent.push(message)
    if (this.#recent.length > remembered) this.#recent.shift()
    this.#pump(outlet)
    while (outlet.waiting.length > 0 && !this.#closed) await new Promise<void>(resolve => outlet.wakes.push(resolve))
  }

  /** Hears what is sent to an address. */
  listen(address: string, capability: Capability, heard: (message: LazyMessage) => void): void {
    const ear = { address, capability, heard }
    this.#ears.push(ear)
    if (this.#connection) this.#open(this.#connection, ear)
  }

  close(): void {
    this.#closed = true
    for (const outlet of this.#outlets.values()) this.#wake(outlet)
    this.#connection?.close()
  }

  #dial(): void {
    if (this.#closed) return
    const { hostname, port } = this.#url
    const container = createContainer({ id: this.#name, onError: () => undefined })
    const connection = container.connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 5672),
      username: 'anonymous',
      reconnect: false,
      connect: (to, host, _options, connected) => connect(to, host, connected),
    })
    this.#connection = connection
    connection.on('connection_close', () => this.#lost(connection))
    connection.on('disconnected', () => this.#lost(connection))
    for (const ear of this.#ears) this.#open(connection, ear)
    for (const outlet of this.#outlets.values()) this.#attach(connection, outlet)
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    if (this.#closed) return
    for (const outlet of this.#outlets.values()) {
      outlet.sender = undefined
      outlet.waiting.unshift(...outlet.inFlight.values())
      outlet.inFlight.clear()
    }
    this.#time.after(redialMs, () => this.#dial())
  }

  #open(connection: Connection, { address, capability, heard }: Ear): void {
    const receiver = connection.open_receiver({ source: { address, capabilities: [capability] }, autoaccept: true, credit_window: 100 })
    receiver.on('message', ({ message }) => {
      this.results.see(message.message_id)
      heard(message)
    })
  }

  #outlet({ address, capability }: DeviceMessage): Outlet {
    const known = this.#outlets.get(address)
    if (known) return known
    const outlet: Outlet = { address, capability, sender: undefined, waiting: [], inFlight: new Map(), wakes: [] }
    this.#outlets.set(address, outlet)
    if (this.#connection) this.#attach(this.#connection, outlet)
    return outlet
  }

  #attach(connection: Connection, outlet: Outlet): void {
    const sender = connection.open_sender({ target: { address: outlet.address, capabilities: [outlet.capability] } })
    outlet.sender = sender
    sender.on('sendable', () => this.#pump(outlet))
    for (const outcome of ['accepted', 'rejected', 'released', 'modified']) {
      sender.on(outcome, ({ delivery }) => {
        if (outlet.inFlight.delete(delivery) && outcome === 'accepted') this.accepted++
      })
    }
  }

  #pump(outlet: Outlet): void {
    const { sender } = outlet
    while (sender?.sendable() && outlet.waiting.length > 0) {
      const message = outlet.waiting.shift()!
      outlet.inFlight.set(sender.send(message.bytes, undefined, 0), message)
    }
    if (outlet.waiting.length === 0) this.#wake(outlet)
  }

  #wake(outlet: Outlet): void {
    for (const wake of outlet.wakes.splice(0)) wake()
  }
}

/** The text of a message's body: of a value, or of a data section. */
export function bodyText(message: LazyMessage): string {
  const body = message.body
  if (typeof body === 'string') return body
  const content = typeof body === 'object' && body !== null && 'content' in body ? body.content : body
  return content instanceof Uint8Array
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8')
    : JSON.stringify(content)
}
