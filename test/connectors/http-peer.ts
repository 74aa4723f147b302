import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it arrived whole. */
export interface Posted {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What the peer does with a request; nothing said: 200. `drop`: the rows are kept, and the connection is cut without an answer. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly drop?: boolean
  /** Held back until this resolves. */
  readonly after?: Promise<void>
}

export interface HttpPeerOptions {
  /** What to answer to the nth POST (from 0). */
  readonly reply?: (posted: Posted, n: number) => Reply | undefined
  /** Drops repeats by this: the header of a request, or a field of each row. */
  readonly keeps?: 'header' | { readonly field: string }
  /** Larger bodies get 413. */
  readonly mostBytes?: number
  /** What `authorization` must say; others get 401. */
  readonly authorization?: string
  readonly port?: number
  readonly tls?: { readonly cert: string; readonly key: string }
}

type Row = Readonly<Record<string, unknown>>

/** A service that takes rows by POST, as a user of Millrace would have one. */
export class HttpPeer {
  readonly posts: Posted[] = []
  /** The rows that it holds, in order. */
  readonly rows: Row[] = []
  /** Rows that came again and were dropped. */
  repeats = 0
  readonly #known = new Set<string>()
  readonly #options: HttpPeerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #posts = 0
  #port = 0

  private constructor(options: HttpPeerOptions) {
    this.#options = options
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#take(request, response)
    this.#server = options.tls ? createTlsServer(options.tls, answer) : createServer(answer)
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(options: HttpPeerOptions = {}): Promise<HttpPeer> {
    const peer = new HttpPeer(options)
    peer.#port = options.port ?? 0
    await peer.back()
    return peer
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}/rows`
  }

  /** Ends every connection, and takes no new one. */
  async away(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  /** Listens again, on the same port, with what it held. */
  async back(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.away()
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      let body = ''
      request.setEncoding('utf8')
      for await (const part of request) body += part
      const posted = { method: request.method!, path: request.url!, headers: request.headers, body }
      await this.#answer(posted, response)
    } catch {
      // The request was cut: nothing of it counts.
      response.destroy()
    }
  }

  async #answer(posted: Posted, response: ServerResponse): Promise<void> {
    const { authorization, mostBytes, reply } = this.#options
    const say = (status: number, text = '', headers: Readonly<Record<string, string>> = {}): void =>
      void response.writeHead(status, headers).end(text)
    if (authorization !== undefined && posted.headers.authorization !== authorization) return say(401, 'who are you?')
    if (posted.method !== 'POST') return say(405, 'only POST')
    this.posts.push(posted)
    const { status = 200, headers, text, drop, after } = reply?.(posted, this.#posts++) ?? {}
    if (mostBytes !== undefined && posted.body.length > mostBytes) return say(413, 'too large')
    if (status < 300) this.#keep(posted)
    await after
    if (drop) return void response.destroy()
    say(status, text, headers)
  }

  #keep({ headers, body }: Posted): void {
    const { keeps } = this.#options
    const parsed = /ndjson/.test(headers['content-type']!)
      ? body
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line) as Row)
      : (JSON.parse(body) as Row | readonly Row[])
    for (const row of [parsed].flat() as Row[]) {
      const key = keeps === undefined ? undefined : String(keeps === 'header' ? headers['idempotency-key'] : row[keeps.field])
      if (key !== undefined && this.#known.has(key)) {
        this.repeats++
        continue
      }
      if (key !== undefined) this.#known.add(key)
      this.rows.push(row)
    }
  }
}
