import { createContainer } from '../../src/amqp/rhea.js'
import { bodyText } from '../../src/demo/device-link.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { jsonMessage, sendAll } from '../cli/sender.js'

type Row = Readonly<Record<string, unknown>>

/** Who reads the results of a queue: a client of its own, that counts what comes. */
export class AmqpRowReader {
  readonly #rows: Row[] = []
  readonly #url: string
  readonly #address: string
  readonly #close: () => void
  #onMark: ((mark: string) => void) | undefined

  private constructor(url: string, address: string, close: () => void) {
    this.#url = url
    this.#address = address
    this.#close = close
  }

  static async start(url: string, address: string): Promise<AmqpRowReader> {
    const { hostname, port, username, password } = new URL(url)
    const container = createContainer({ id: `reader-${address}`, onError: () => undefined })
    const user = username ? { username, password } : { username: 'anonymous' }
    const connection = container.connect({ host: hostname, port: Number(port), ...user, reconnect: false })
    const reader = new AmqpRowReader(url, address, () => connection.close())
    const receiver = connection.open_receiver({ source: { address, capabilities: ['queue'] }, credit_window: 500 })
    receiver.on('message', ({ message }) => {
      const row = JSON.parse(bodyText(message)) as Row
      if (typeof row['mark'] === 'string') reader.#onMark?.(row['mark'])
      else reader.#rows.push(row)
    })
    await new Promise<void>((resolve, reject) => {
      receiver.on('receiver_open', () => resolve())
      connection.on('disconnected', ({ error }) => reject(error ?? new Error(`no connection to ${hostname}:${port}`)))
    })
    return reader
  }

  /** All that the queue took before this was asked, in order. */
  async received(): Promise<readonly Row[]> {
    const mark = systemRandom.hex(8)
    const seen = new Promise<void>(resolve => {
      this.#onMark = got => got === mark && resolve()
    })
    await sendAll(this.#url, this.#address, [jsonMessage({ mark })])
    await seen
    return this.#rows
  }

  close(): void {
    this.#close()
  }
}
