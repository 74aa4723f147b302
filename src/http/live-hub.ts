import type { ServerResponse } from 'node:http'
import { MillraceError } from '../model/errors/millrace-error.js'
import { LiveClient } from './live-client.js'
import { type LiveNotice, LiveNotices } from './live-notice.js'
import { placeOf, placePrefix } from './live-place.js'
import { LiveReaders, mostReaders } from './live-readers.js'
import { LiveRing } from './live-ring.js'
import { LiveSnapshots } from './live-snapshots.js'
import { frameOf, LiveTopic } from './live-topic.js'
import type { ServerContext } from './server-context.js'
import { viewNames } from './view-names.js'

/** Ms between two frames of a view: at most ten a second. */
const flushMs = 100
const progressMs = 500
/** Ms for which views are followed on after the last reader left, so that a reader who comes back misses nothing. */
const lingerMs = 120_000
/** Bytes of past frames kept for readers that come back. */
const ringSize = 4 * 1024 * 1024
/** Rows of an unasked-for snapshot. */
const snapshotRows = 5_000
/** Rows that a reader gets on connecting, of all its views together. */
const greetingRows = 50_000
/** Views on one connection, at most. */
export const mostViews = 64
const nothingMissed = Buffer.from(': nothing missed\n\n')
const startAnew = frameOf({ type: 'reset', reason: 'what happened in between is no longer kept' })

export interface LiveHubOptions {
  /** What readers are told beside the views. */
  readonly notices?: readonly LiveNotice[]
  /** Readers at a time, at most; 1,000 unless given. */
  readonly mostReaders?: number | undefined
}

/** Follows views for all live readers at once: each frame is made once, however many read it. */
export class LiveHub {
  #context: ServerContext
  readonly #notices: LiveNotices
  #topics = new Map<string, { readonly topic: LiveTopic; readonly since: number }>()
  readonly readers: LiveReaders
  #snapshots = new LiveSnapshots()
  /** The views of readers that asked for all; grows as jobs start. */
  #all = new Set<string>()
  #offset = 0
  #ring = new LiveRing(ringSize, 0)
  #lastFlush = Number.NEGATIVE_INFINITY
  #cancelFlush: (() => void) | undefined
  #cancelProgress: (() => void) | undefined
  #closed = false

  constructor(context: ServerContext, options: LiveHubOptions = {}) {
    this.#context = context
    this.readers = new LiveReaders(context.time, context.log, options.mostReaders ?? mostReaders)
    this.#notices = new LiveNotices(options.notices ?? [], () => this.#changed())
  }

  /** @throws MR513 when the server takes no further reader. */
  admit(): void {
    if (this.#closed) throw new MillraceError('MR513', 'the server stops')
    this.readers.admit()
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
    const prefix = placePrefix(this.#context.epoch, names)
    const client = new LiveClient(response, this.#context.time, views, prefix, readOnly)
    for (const name of views) this.#follow(name)
    const place = this.#resumable(placeOf(lastEventId, prefix), views)
    if (place !== undefined) {
      const missed = this.#ring.after(place, views)
      client.catchUp(missed)
      if (missed.length === 0) client.send(nothingMissed)
    } else {
      if (lastEventId !== undefined) client.send(startAnew)
      const count = Math.min(rows, Math.ceil(greetingRows / views.size))
      client.greet(this.#snapshots.get(`${prefix}/${count}`, this.#offset, () => this.#snapshot(views, prefix, count)))
    }
    for (const frame of this.#notices.greeting(readOnly)) client.send(frame)
    client.send(this.#progress())
    this.readers.add(client, response)
    this.#cancelProgress ??= this.#context.time.after(progressMs, () => this.#tick())
  }

  close(): void {
    this.#closed = true
    this.#notices.close()
    this.#cancelFlush?.()
    this.#cancelProgress?.()
    this.#cancelFlush = undefined
    this.readers.close()
    for (const { topic } of this.#topics.values()) topic.close()
    this.#topics.clear()
  }

  /** New views of the process become part of `all`. */
  #meet(): void {
    for (const name of viewNames(this.#context.host.views()).keys()) {
      if (this.#all.has(name) || this.#all.size >= mostViews) continue
      const heard = [...this.readers].some(client => client.views === this.#all)
      this.#all.add(name)
      if (!heard) continue
      this.#follow(name)
      this.#emit(name, this.#topics.get(name)!.topic.snapshot(snapshotRows))
    }
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
  #resumable(place: number | undefined, views: ReadonlySet<string>): number | undefined {
    if (place === undefined || place < this.#ring.complete || place > this.#offset) return undefined
    for (const name of views) if ((this.#topics.get(name)?.since ?? Number.POSITIVE_INFINITY) > place) return undefined
    return place
  }

  /** Snapshots of views, one after the other. Only the last has an id: who is cut off before it starts anew. */
  #snapshot(views: ReadonlySet<string>, prefix: string, count: number): Buffer {
    const parts = [...views].map(name => this.#topics.get(name)?.topic.snapshot(count) ?? Buffer.alloc(0))
    const last = parts.pop() ?? Buffer.alloc(0)
    return Buffer.concat([Buffer.from('retry: 1000\n'), ...parts, Buffer.from(`id: ${prefix}:${this.#offset}\n`), last])
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
      for (const readOnly of [false, true]) this.readers.send(readOnly ? looking : acting, client => client.readOnly === readOnly)
    for (const [name, { topic }] of this.#topics) if (topic.dirty) this.#emit(name, topic.flush(snapshotRows))
  }

  #emit(view: string, frame: Buffer): void {
    const offset = ++this.#offset
    this.#ring.push({ offset, view, frame })
    this.readers.send(frame, client => client.views.has(view), offset)
  }

  #progress(): Buffer {
    const watermarks: Record<string, number | null> = {}
    for (const [name, { topic }] of this.#topics) watermarks[name] = topic.view.info().watermark
    return frameOf({ type: 'progress', jobs: this.#context.host.jobs(), watermarks })
  }

  #tick(): void {
    this.#cancelProgress = undefined
    if (this.#closed) return
    if (this.readers.size === 0 && this.#context.time.monotonic() - this.readers.lastLeft > lingerMs) {
      this.#rest()
      return
    }
    this.#meet()
    for (const name of this.#topics.keys()) this.#follow(name)
    this.#snapshots.forget()
    if (this.readers.size > 0) this.readers.send(this.#progress(), () => true)
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
