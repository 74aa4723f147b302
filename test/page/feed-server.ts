import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { LiveEvent } from '../../src/model/api.js'
import { ScriptedFeed, views } from './scripted-feed.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** The policy of the real server, so that what it would forbid fails here too. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Serves the built page and plays a scripted feed over the HTTP contract. Its clock moves only by `advance`. */
export class FeedServer {
  readonly feed = new ScriptedFeed()
  readonly #pageDir: string
  readonly #streams = new Set<ServerResponse>()
  readonly #server: Server
  #offset = 0
  #isAway = false
  /** Streams opened so far, with the Last-Event-ID that each brought. */
  readonly resumes: (string | undefined)[] = []

  constructor(pageDir: string) {
    this.#pageDir = pageDir
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Moves the clock by 15 s of data and tells every reader. */
  advance(): void {
    for (const event of [...this.feed.advance(), this.feed.progress()]) for (const stream of this.#streams) this.#send(stream, event)
  }

  /** Goes away: streams end, requests fail. Or comes back. */
  away(isAway: boolean): void {
    this.#isAway = isAway
    if (isAway) for (const stream of this.#streams) stream.destroy()
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy()
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isAway) return void request.destroy()
    const url = new URL(request.url ?? '/', 'http://localhost')
    const job = /^\/api\/v1\/jobs\/([^/]+)\/graph$/.exec(url.pathname)?.[1]
    if (url.pathname === '/api/v1/live') return this.#open(request, response, url)
    if (url.pathname === '/api/v1/jobs') return json(response, this.feed.jobs())
    if (url.pathname === '/api/v1/views') return json(response, views)
    if (url.pathname === '/api/v1/dashboards') return json(response, [])
    if (job) return json(response, this.feed.graph(decodeURIComponent(job)))
    if (url.pathname === '/api/v1/dead-letters.json') return json(response, this.feed.deadLetters(url.searchParams.get('job') ?? ''))
    await this.#file(response, url.pathname === '/' ? '/index.html' : url.pathname)
  }

  #open(request: IncomingMessage, response: ServerResponse, url: URL): void {
    this.resumes.push(request.headers['last-event-id']?.toString())
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('retry: 300\n\n')
    this.#send(response, this.feed.progress())
    const wanted = (url.searchParams.get('views') ?? '').split(',')
    for (const view of views) if (wanted.includes(`${view.job}:${view.id}`)) this.#send(response, this.feed.snapshot(view))
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  #send(stream: ServerResponse, event: LiveEvent): void {
    stream.write(`event: ${event.type}\nid: 1:${++this.#offset}\ndata: ${JSON.stringify(event)}\n\n`)
  }

  async #file(response: ServerResponse, path: string): Promise<void> {
    if (path.includes('..')) return void response.writeHead(404).end()
    try {
      const bytes = await readFile(join(this.#pageDir, path))
      response.writeHead(200, {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
      })
      response.end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  }
}

const json = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value))
}
