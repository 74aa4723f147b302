import { connect } from 'node:net'
import { encodeMessage } from '../amqp/encode-message.js'
import { type Connection, createContainer, type LazyMessage, type Sender } from '../amqp/rhea.js'

/** What a device sends. */
export interface DeviceMessage {
  readonly id: string
  /** An AMQP value of text, or a data section of UTF-8. */
  readonly body: { readonly value: string } | { readonly data: string }
}

interface Outlet {
  readonly sender: Sender
  /** Wakes who waits for credit. */
  wake: () => void
}

/**
 * A device's side of an AMQP connection: sends as credit allows, and hears commands. It is a plain client of the node,
 * as a device would be, and knows nothing of jobs.
 */
export class DeviceLink {
  readonly #connection: Connection
  readonly #outlets = new Map<string, Outlet>()
  #closed = false

  constructor(url: string, name: string) {
    const { hostname, port } = new URL(url)
    const container = createContainer({ id: name, onError: () => undefined })
    this.#connection = container.connect({
      host: hostname,
      port: Number(port || 5672),
      username: 'anonymous',
      reconnect: true,
      connect: (to, host, _options, connected) => connect(to, host, connected),
    })
    this.#connection.on('disconnected', () => undefined)
  }

  /** Resolves when the message was handed to the connection; waits while there is no credit. */
  async send(address: string, message: DeviceMessage, capability: 'queue' | 'topic' = 'queue'): Promise<void> {
    const outlet = this.#outlet(address, capability)
    while (!outlet.sender.sendable() && !this.#closed) {
      await new Promise<void>(resolve => {
        outlet.wake = resolve
      })
    }
    if (this.#closed) return
    outlet.sender.send(
      encodeMessage({ messageId: message.id, contentType: 'value' in message.body ? undefined : 'application/json', body: message.body }),
      undefined,
      0,
    )
  }

  /** Hears what is sent to an address. */
  listen(address: string, capability: 'queue' | 'topic', heard: (message: LazyMessage) => void): void {
    const receiver = this.#connection.open_receiver({
      source: { address, capabilities: [capability] },
      autoaccept: true,
      credit_window: 100,
    })
    receiver.on('message', context => heard(context.message))
  }

  close(): void {
    this.#closed = true
    for (const outlet of this.#outlets.values()) outlet.wake()
    this.#connection.close()
  }

  #outlet(address: string, capability: string): Outlet {
    const known = this.#outlets.get(address)
    if (known) return known
    const sender = this.#connection.open_sender({ target: { address, capabilities: [capability] } })
    const outlet: Outlet = { sender, wake: () => undefined }
    sender.on('sendable', () => outlet.wake())
    this.#outlets.set(address, outlet)
    return outlet
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
