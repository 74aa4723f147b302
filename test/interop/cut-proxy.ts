import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a client and a peer on loopback, and takes the peer away: sockets are cut, new ones refused. */
export class CutProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #away = false

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: number): Promise<CutProxy> {
    // Each direction ends by itself: closing both at the first end would reset the connection under what is still to be read.
    const server = createServer({ allowHalfOpen: true })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const proxy = new CutProxy(server)
    server.on('connection', client => proxy.#join(client, target))
    return proxy
  }

  #join(client: Socket, target: number): void {
    if (this.#away) return void client.destroy()
    const peer = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    for (const [one, other] of [
      [client, peer],
      [peer, client],
    ] as const) {
      this.#sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => undefined)
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }

  /** Cuts every connection, and refuses new ones. */
  cut(): void {
    this.#away = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Lets connections through again. */
  open(): void {
    this.#away = false
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
