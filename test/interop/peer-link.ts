import { connect } from 'node:net'
import { guardLimits, guardSocket } from '../../src/amqp/guard.js'
import { type Connection, createContainer } from '../../src/amqp/rhea.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'

/** Ms between two attempts to reach a peer that is away. */
const pause = 100

/**
 * A plain client's connection that is made again for as long as it takes: `up` is called with each new one, `down` when
 * it is lost.
 */
export class PeerLink {
  readonly #url: URL
  readonly #up: (connection: Connection) => void
  readonly #down: () => void
  #connection: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #gone: () => void = () => undefined

  constructor(url: string, up: (connection: Connection) => void, down: () => void) {
    this.#url = new URL(url)
    this.#up = up
    this.#down = down
    this.#dial()
  }

  #dial(): void {
    const { hostname, port, username, password } = this.#url
    const container = createContainer({ onError: () => undefined })
    const connection = container.connect({
      host: hostname,
      port: Number(port),
      username: username || 'anonymous',
      ...(password && { password }),
      reconnect: false,
      connect: (to, host, _options, connected) =>
        guardSocket(connect(to, host, connected).setNoDelay(true), guardLimits, systemTime, () => undefined),
    })
    this.#connection = connection
    let ended = false
    const end = (): void => {
      if (ended) return
      ended = true
      this.#down()
      this.#gone()
      if (!this.#closed) this.#timer = setTimeout(() => this.#dial(), pause)
    }
    connection.on('connection_open', () => this.#up(connection))
    for (const event of ['disconnected', 'connection_close']) connection.on(event, end)
    for (const event of ['connection_error', 'protocol_error', 'session_error', 'sender_error', 'receiver_error'])
      connection.on(event, () => undefined)
  }

  /** Cuts the socket without a word, for good. */
  cut(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#connection?.socket?.destroy()
  }

  /** Ends the connection in good order. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const connection = this.#connection
    if (!connection?.is_open()) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, 2000)
      this.#gone = () => {
        clearTimeout(timer)
        resolve()
      }
      connection.close()
    })
    connection.socket?.destroy()
  }
}
