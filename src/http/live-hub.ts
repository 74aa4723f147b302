import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { MillraceError } from '../model/errors/millrace-error.js'
import { LiveClient } from './live-client.js'
import { type LiveNotice, LiveNotices } from './live-notice.js'
import { LiveRing } from './live-ring.js'
import { frameOf, LiveTopic } from './live-topic.js'
import type { ServerContext } from './server-context.js'
import { viewNames } from './view-names.js'

/** Ms between two frames of a view: at most ten a second. */
const flushMs = 100
const progressMs = 500
/** Ms for which views are followed on after the last reader left, so that a reader who comes back misses nothing. */
const lingerMs = 120_000
/** Characters of past frames kept for readers that come back. */
const ringSize = 4 * 1024 * 1024
const mostClients = 200
/** Rows of an unasked-for snapshot. */
const snapshotRows = 5_000
/** Rows that a reader gets on connecting, of all its views together. */
const greetingRows = 50_000
/** Views on one connection, at most. */
export const mostViews = 64

/** Follows views for all live readers at once: each frame is made once, however many read it. */
export class LiveHub {
  #context: ServerContext
  readonly #notices: LiveNotices
  #topics = new Map<string, { readonly topic: LiveTopic; readonly since: number }>()
  #clients = new Set<LiveClient>()
  /** The views of readers that asked for all; grows as jobs start. */
  #all = new Set<string>()
  #offset = 0
  #ring = new LiveRing(ringSize, 0)
  #lastFlush = Number.NEGATIVE_INFINITY
  #lastReader = Number.NEGATIVE_INFINITY
  #cancelFlush: (() => void) | undefined
  #cancelProgress: (() => void) | undefined
  #closed = false
  /** Readers dropped because they read too slowly. */
  dropped = 0

  constructor(context: ServerContext, notices: readonly LiveNotice[] = []) {
    this.#context = context
    this.#notices = new LiveNotices(notices, () => this.#changed())
  }

  get readers(): number {
    return this.#clients.size
  }

  /** @throws MR513 when there are as many readers as the server takes. */
  admit(): void {
    if (this.#closed || this.#clients.size >= mostClients)
      throw new MillraceError('MR513', `${this.#clients.size} live readers are connected`)
  }

  /** Connects a reader: what it missed since `lastEventId`, or a snapshot of each view; then changes as they come. */
  attach(
    response: ServerResponse,
    names: readonly string[] | 'all',
    lastEventId: string | undefined,
    rows = snapshotRows,
    readOnly = false,
  ): void {
    // Who has left already would never be heard of again.
    if (response.destroyed) return
    this.#meet()
    const views = names === 'all' ? this.#all : new Set(names)
    const set = names === 'all' ? '*' : [...views].sort().join()
    const prefix = `${this.#context.epoch}${createHash('sha1').update(set).digest('hex').slice(0, 6)}`
    const client = new LiveClient(response, views, prefix, readOnly, () => {
      this.dropped++
      this.#detach(client)
      this.#context.log.warn('a live reader was too slow and was disconnected', { views: set })
    })
    for (const name of views) this.#follow(name)
    const place = this.#resumable(prefix, views, lastEventId)
    if (place !== undefined) {
      const missed = this.#ring.after(place, views)
      client.greet(missed.map(({ offset, frame }) => `id: ${prefix}:${offset}\n${frame}`).join('') || ': nothing missed\n\n')
    } else {
      const count = Math.min(rows, Math.ceil(greetingRows / views.size))
      const parts = [...views].map(name => this.#topics.get(name)?.topic.snapshot(count) ?? '')
      if (lastEventId !== undefined) parts.unshift(frameOf({ type: 'reset', reason: 'what happened in between is no longer kept' }))
      // Only the last frame has an id: who is cut off before it starts anew.
      const last = parts.pop() ?? ''
      client.greet(`retry: 1000\n${parts.join('')}id: ${prefix}:${this.#offset}\n${last}`)
    }
    for (const frame of this.#notices.greeting(readOnly)) client.send(frame)
    client.send(this.#progress())
    this.#clients.add(client)
    response.on('close', () => this.#detach(client))
    this.#cancelProgress ??= this.#context.time.after(progressMs, () => this.#tick())
  }

  close(): void {
    this.#closed = true
    this.#notices.close()
    this.#cancelFlush?.()
    this.#cancelProgress?.()
    this.#cancelFlush = undefined
    for (const client of this.#clients) client.end()
    for (const { topic } of this.#topics.values()) topic.close()
    this.#clients.clear()
    this.#topics.clear()
  }

  /** New views of the process become part of `all`. */
  #meet(): void {
    for (const name of viewNames(this.#context.host.views()).keys()) {
      if (this.#all.has(name) || this.#all.size >= mostViews) continue
      const heard = [...this.#clients].some(client => client.views === this.#all)
      this.#all.add(name)
      if (!heard) continue
      this.#follow(name)
      this.#emit(name, this.#topics.get(name)!.topic.snapshot(snapshotRows))
    }
  }

  #detach(client: LiveClient): void {
    if (this.#clients.delete(client)) this.#lastReader = this.#context.time.monotonic()
  }

  #follow(name: string): void {
    const view = viewNames(this.#context.host.views()).get(name)
    const followed = this.#topics.get(name)
    if (!view || followed?.topic.view === view) return
    followed?.topic.close()
    // A place from before is no place of this view: what happened until now was not followed.
    this.#topics.set(name, { topic: new LiveTopic(name, view, () => this.#changed()), since: ++this.#offset })
    // A job that was started anew brings a new view: readers of the old one begin again.
    if (followed) this.#emit(name, this.#topics.get(name)!.topic.snapshot(snapshotRows))
  }

  /** The place that a reader may go on from; undefined where frames after it are gone or were never made. */
  #resumable(prefix: string, views: ReadonlySet<string>, lastEventId: string | undefined): number | undefined {
    const match = /^(.+):(\d{1,15})$/.exec(lastEventId ?? '')
    if (!match || match[1] !== prefix) return undefined
    const place = Number(match[2])
    if (place < this.#ring.complete || place > this.#offset) return undefined
    for (const name of views) if ((this.#topics.get(name)?.since ?? Number.POSITIVE_INFINITY) > place) return undefined
    return place
  }

  #changed(): void {
    if (this.#cancelFlush || this.#closed) return
    const wait = Math.max(0, this.#lastFlush + flushMs - this.#context.time.monotonic())
    this.#cancelFlush = this.#context.time.after(wait, () => this.#flush())
  }

  #flush(): void {
    this.#cancelFlush = undefined
    this.#lastFlush = this.#context.time.monotonic()
    for (const { acting, looking } of this.#notices.flush())
      for (const client of [...this.#clients]) client.send(client.readOnly ? looking : acting)
    for (const [name, { topic }] of this.#topics) if (topic.dirty) this.#emit(name, topic.flush(snapshotRows))
  }

  #emit(view: string, frame: string): void {
    const offset = ++this.#offset
    this.#ring.push({ offset, view, frame })
    for (const client of [...this.#clients]) if (client.views.has(view)) client.send(frame, offset)
  }

  #broadcast(frame: string): void {
    for (const client of [...this.#clients]) client.send(frame)
  }

  #progress(): string {
    const watermarks: Record<string, number | null> = {}
    for (const [name, { topic }] of this.#topics) watermarks[name] = topic.view.info().watermark
    return frameOf({ type: 'progress', jobs: this.#context.host.jobs(), watermarks })
  }

  #tick(): void {
    this.#cancelProgress = undefined
    if (this.#closed) return
    if (this.#clients.size === 0 && this.#context.time.monotonic() - this.#lastReader > lingerMs) {
      this.#rest()
      return
    }
    this.#meet()
    for (const name of this.#topics.keys()) this.#follow(name)
    if (this.#clients.size > 0) this.#broadcast(this.#progress())
    this.#cancelProgress = this.#context.time.after(progressMs, () => this.#tick())
  }

  /** Nobody reads: views are no longer followed, and who comes back gets a snapshot. */
  #rest(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    for (const { topic } of this.#topics.values()) topic.close()
    this.#topics.clear()
    this.#all = new Set()
    this.#ring = new LiveRing(ringSize, this.#offset)
  }
}
