import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** The peer of both: it says lines to who connects, and answers the lines that it is told. */
export class LineServer {
  /** The rows that it took, in order. */
  readonly rows: Readonly<Record<string, unknown>>[] = []
  readonly #server: Server
  readonly #longest: number
  readonly #reason: string
  readonly #sockets = new Set<Socket>()
  /** What is said to the next who connects. */
  #unsaid = ''
  #port = 0

  private constructor(longest: number, reason: string) {
    this.#longest = longest
    this.#reason = reason
    this.#server = createServer(socket => this.#join(socket))
  }

  static async start(longest = 256 * 1024, reason = 'too long'): Promise<LineServer> {
    const server = new LineServer(longest, reason)
    await server.back()
    return server
  }

  get port(): number {
    return this.#port
  }

  say(texts: readonly string[]): void {
    this.#unsaid += texts.map(text => `${text}\n`).join('')
    // The newest: one before it may be on its way out.
    const socket = [...this.#sockets].findLast(one => !one.destroyed)
    if (socket) this.#sayTo(socket)
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async away(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.cut()
    await closed
  }

  async back(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.away()
  }

  #join(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      const lines = (text + part).split('\n')
      text = lines.pop()!
      for (const line of lines) socket.write(`${this.#take(line)}\n`)
    })
    this.#sayTo(socket)
  }

  #sayTo(socket: Socket): void {
    socket.write(this.#unsaid)
    this.#unsaid = ''
  }

  #take(line: string): string {
    if (line.length > this.#longest) return `no ${this.#reason}`
    this.rows.push(JSON.parse(line) as Readonly<Record<string, unknown>>)
    return 'ok'
  }
}
