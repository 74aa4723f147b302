import { outcomes, type Receiver } from '../../src/amqp/rhea.js'
import { bodyText } from '../../src/demo/device-link.js'
import { PeerLink } from './peer-link.js'

export interface CollectorOptions {
  readonly kind?: 'queue' | 'topic'
  /** What becomes of a message: default accepted; `keep` leaves it unsettled. */
  readonly judge?: (
    body: Readonly<Record<string, unknown>>,
  ) => 'accept' | 'keep' | { readonly condition: string; readonly description: string }
}

/** Reads an address of JSON messages, over lost connections. */
export class Collector {
  /** By message-id. */
  readonly rows = new Map<string, Readonly<Record<string, unknown>>>()
  /** Messages with an id that was there already. */
  repeats = 0
  attached = false
  readonly #link: PeerLink

  constructor(url: string, address: string, options: CollectorOptions = {}) {
    const { kind, judge } = options
    this.#link = new PeerLink(
      url,
      connection => {
        const source = { address, ...(kind && { capabilities: [kind] }) }
        const receiver: Receiver = connection.open_receiver({ source, autoaccept: false, credit_window: 500 })
        receiver.on('receiver_open', () => {
          this.attached = true
        })
        receiver.on('message', ({ message, delivery }) => {
          const id = String(message.message_id)
          const body = JSON.parse(bodyText(message)) as Readonly<Record<string, unknown>>
          if (this.rows.has(id)) this.repeats++
          this.rows.set(id, body)
          const verdict = judge?.(body) ?? 'accept'
          if (verdict === 'accept') delivery.update(true, outcomes.accepted())
          else if (verdict !== 'keep') delivery.update(true, outcomes.rejected(verdict))
        })
      },
      () => {
        this.attached = false
      },
    )
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  /** Cuts the socket without a word. */
  cut(): void {
    this.#link.cut()
  }
}
