import { encodeMessage } from '../../src/amqp/encode-message.js'
import { type Connection, createContainer, type LinkOptions, type Receiver, type Sender } from '../../src/amqp/rhea.js'

/** A message with a number as its body and, if wanted, as its duplicate id. */
export const numbered = (n: number, options: { readonly durable?: boolean; readonly id?: string } = {}): Uint8Array =>
  encodeMessage({
    durable: options.durable ?? true,
    ...(options.id !== undefined && { applicationProperties: { _AMQ_DUPL_ID: options.id } }),
    body: { value: n },
  })

/** A connection to a node, for tests: what it sends and hears is kept. */
export class DurablePeer {
  readonly connection: Connection
  /** Properties of the node's open. */
  properties: Readonly<Record<string, unknown>> = {}
  ended = false

  constructor(url: string, containerId?: string) {
    const { hostname, port } = new URL(url)
    const container = createContainer({ onError: () => {}, ...(containerId !== undefined && { id: containerId }) })
    this.connection = container.create_connection({ host: hostname, port: Number(port), username: 'test', reconnect: false })
    this.connection.on('disconnected', () => {
      this.ended = true
    })
    for (const event of ['connection_error', 'session_error', 'receiver_error', 'receiver_close', 'sender_error', 'sender_close'])
      this.connection.on(event, () => {})
    this.connection.on('connection_close', () => {
      this.ended = true
    })
    this.connection.on('connection_open', ({ connection }) => {
      this.properties = (connection as unknown as { properties: Record<string, unknown> }).properties ?? {}
    })
    this.connection.connect()
  }

  sender(address: string, capability = 'queue'): DurableSender {
    return new DurableSender(this.connection.open_sender({ target: { address, capabilities: [capability] } }))
  }

  receiver(options: LinkOptions & { readonly credit?: number; readonly accepts?: boolean }): DurableReceiver {
    const { credit = 1000, accepts = true, ...link } = options
    return new DurableReceiver(this.connection.open_receiver({ ...link, credit_window: credit, autoaccept: accepts }))
  }

  close(): void {
    this.connection.close()
  }
}

/** Sends as credit comes, and tells what was accepted. */
export class DurableSender {
  readonly accepted: number[] = []
  readonly other: number[] = []
  readonly link: Sender
  readonly #waiting: { readonly n: number; readonly bytes: Uint8Array }[] = []
  readonly #numbers = new Map<unknown, number>()
  #tag = 0

  constructor(link: Sender) {
    this.link = link
    link.on('sendable', () => this.#send())
    link.on('accepted', ({ delivery }) => void this.accepted.push(this.#numbers.get(delivery)!))
    for (const event of ['released', 'modified', 'rejected'])
      link.on(event as 'released', ({ delivery }) => void this.other.push(this.#numbers.get(delivery)!))
  }

  send(n: number, bytes: Uint8Array = numbered(n)): void {
    this.#waiting.push({ n, bytes })
    this.#send()
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.link.sendable()) {
      const { n, bytes } = this.#waiting.shift()!
      this.#numbers.set(this.link.send(Buffer.from(bytes), Buffer.from(String(this.#tag++)), 0), n)
    }
  }
}

export interface Received {
  readonly n: number
  readonly count: number
  readonly first: boolean
}

export class DurableReceiver {
  readonly got: Received[] = []
  readonly link: Receiver

  constructor(link: Receiver) {
    this.link = link
    link.on('message', ({ message }) => {
      const { body, delivery_count, first_acquirer } = message as unknown as Readonly<Record<string, unknown>>
      this.got.push({ n: body as number, count: (delivery_count as number | undefined) ?? 0, first: first_acquirer !== false })
    })
  }

  get numbers(): number[] {
    return this.got.map(({ n }) => n)
  }
}
