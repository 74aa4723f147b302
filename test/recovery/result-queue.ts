import { outcomes } from '../../src/amqp/rhea.js'
import { bodyText } from '../../src/demo/device-link.js'
import { PeerLink } from '../interop/peer-link.js'

export interface ResultRow {
  readonly device: string
  /** Ms since the epoch. */
  readonly start: number
  readonly n: number
  readonly identities: number
  readonly final: boolean
  readonly revision: number
}

/** So many rows at most may be given out again after a lost connection: their acceptance may have been lost with it. */
const mostInFlight = 1_000

/** Takes result rows from a queue as they come, over all restarts of whoever writes them. */
export class ResultQueue {
  readonly rows: ResultRow[] = []
  /** Ids of rows that came before, and did not come back unsettled from a lost connection of ours. */
  readonly repeated: string[] = []
  attached = false
  /** In the order of their coming. */
  readonly #ids = new Set<string>()
  #mayReturn: ReadonlySet<string> = new Set()
  readonly #link: PeerLink

  constructor(url: string, address: string) {
    this.#link = new PeerLink(
      url,
      connection => {
        const source = { address, capabilities: ['queue'] }
        const receiver = connection.open_receiver({ source, autoaccept: false, credit_window: 500 })
        receiver.on('receiver_open', () => {
          this.attached = true
        })
        receiver.on('message', ({ message, delivery }) => {
          const id = String(message.message_id)
          if (!this.#ids.has(id)) this.#take(id, JSON.parse(bodyText(message)) as Record<string, unknown>)
          else if (!this.#mayReturn.has(id)) this.repeated.push(id)
          delivery.update(true, outcomes.accepted())
        })
      },
      () => {
        this.attached = false
        this.#mayReturn = new Set([...this.#ids].slice(-mostInFlight))
      },
    )
  }

  #take(id: string, row: Record<string, unknown>): void {
    this.#ids.add(id)
    this.rows.push({
      device: String(row['device']),
      start: Date.parse(String(row['window_start'])),
      n: Number(row['n']),
      identities: Number(row['identities']),
      final: row['final'] === true,
      revision: Number(row['revision']),
    })
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}
