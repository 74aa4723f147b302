import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { LiveEvent } from '../../src/model/api.js'
import type { TapEvent } from '../../src/model/tap-event.js'
import { until } from '../support/until.js'
import { ScriptedDemo } from './scripted-demo.js'
import { hostileName, ScriptedFeed, views } from './scripted-feed.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** Ms between two events at most, as the real server keeps it: a page that hears nothing for 8 s says so. */
const progressMs = 500

/** The policy of the real server, so that what it would forbid fails here too. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Serves the built page and plays a scripted feed over the HTTP contract. Its clock moves only by `advance`. */
export class FeedServer {
  readonly feed: ScriptedFeed
  readonly demo: ScriptedDemo
  readonly #pageDir: string
  readonly #streams = new Set<ServerResponse>()
  readonly #server: Server
  #offset = 0
  #isAway = false
  #heartbeat: NodeJS.Timeout | undefined
  /** Streams opened so far, with the Last-Event-ID that each brought. */
  readonly resumes: (string | undefined)[] = []
  /** Readers that tap an edge now. */
  taps = 0
  /** Actions that came, with the header that guards them. */
  readonly posted: { readonly path: string; readonly guard: string | undefined }[] = []

  /** @param ahead ms that the jobs' clock is ahead of the data */
  constructor(pageDir: string, ahead = 0) {
    this.feed = new ScriptedFeed(ahead)
    this.demo = new ScriptedDemo(this.feed)
    this.#pageDir = pageDir
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve))
    this.#heartbeat = setInterval(() => this.#tellProgress(), progressMs)
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Moves the clock by 15 s of data and tells every reader. */
  advance(): void {
    for (const event of this.feed.advance()) for (const stream of this.#streams) this.#send(stream, event)
    this.#tellProgress()
  }

  /** Tells every reader what has become of the demo. */
  tellDemo(): void {
    for (const stream of this.#streams) this.#send(stream, { type: 'demo', demo: this.demo.status() })
  }

  /** Goes away: streams end, requests fail. Or comes back. */
  away(isAway: boolean): void {
    this.#isAway = isAway
    if (isAway) for (const stream of this.#streams) stream.destroy()
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    for (const stream of this.#streams) stream.destroy()
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isAway) return void request.destroy()
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'POST') return this.#act(request, response, url.pathname)
    const late = /^\/api\/v1\/jobs\/([^/]+)\/late$/.exec(url.pathname)?.[1]
    if (late) return json(response, this.feed.lateRows(decodeURIComponent(late)))
    if (url.pathname.endsWith('/tap')) return this.#tap(response, url)
    if (url.pathname.endsWith('/raw')) return void response.writeHead(200).end('{"mote":3,"temperature":27.4,}}\u0001')
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
    this.#send(response, { type: 'alerts', alerts: this.feed.alerts() })
    this.#send(response, { type: 'demo', demo: this.demo.status() })
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  async #act(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    this.posted.push({ path, guard: request.headers['millrace-action']?.toString() })
    const letter = /^\/api\/v1\/dead-letters\/(.+)\/retry$/.exec(path)?.[1]
    if (letter) {
      json(response, this.feed.retry(letter))
      return
    }
    const action = /^\/api\/v1\/demo\/(\w+)$/.exec(path)?.[1] ?? ''
    await until('the demo to do it', () => !this.demo.isSlow)
    if (!this.demo.act(action)) {
      response.writeHead(409, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ detail: `'${action}' cannot be done now`, hint: 'Look at what can be done.' }))
      return
    }
    json(response, this.demo.status())
    this.tellDemo()
  }

  #tap(response: ServerResponse, url: URL): void {
    this.taps++
    response.on('close', () => this.taps--)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const [from, to] = [url.searchParams.get('from') ?? '', url.searchParams.get('to') ?? '']
    for (let i = 0; i < 3; i++) {
      const rows = [{ eventTime: this.feed.now - 1000 + i, row: { mote: i + 1, celsius: 27.125, note: hostileName } }]
      const event: TapEvent = { from, to, at: this.feed.now, passed: 124, watermark: this.feed.now - 12_000, rows }
      response.write(`event: tap\ndata: ${JSON.stringify(event)}\n\n`)
    }
  }

  #tellProgress(): void {
    for (const stream of this.#streams) this.#send(stream, this.feed.progress())
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
