import type { ConnectorContext, SourceReader, SourceStatus } from '../../connector/source.js'
import type { GraphSource } from '../../job/graph.js'
import type { Backoff } from '../../model/backoff.js'
import type { Chunk } from '../../model/chunk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'

type FeedState = 'new' | 'opening' | 'idle' | 'asking' | 'ready' | 'pausing' | 'ended' | 'closed'

export interface FeedOptions {
  readonly source: GraphSource
  readonly context: ConnectorContext
  /** The job's clock, for the time spent waiting for input. */
  readonly time: TimeSource
  readonly real: TimeSource
  readonly backoff: Backoff
  /** Something changed: the pump should look. */
  readonly wake: () => void
  /** The reader is gone, its unsettled chunks will come again. */
  readonly lost: (reader: SourceReader) => void
  /** The job has to drain or stop. */
  readonly failed: (error: MillraceError) => void
}

/** One source as the pump sees it: asked for a chunk, which then waits to be pushed; opened again when it fails. */
export class SourceFeed {
  readonly source: GraphSource
  readonly #options: FeedOptions
  #state: FeedState = 'new'
  #reader: SourceReader | undefined
  #chunk: Chunk | undefined
  /** The chunk is on its way through the graph, in slices perhaps: the job has counted it. */
  #isPushed = false
  /** Why it failed, until it gives something. */
  error: MillraceError | undefined
  #askedAt: number | undefined
  #waitedMs = 0
  #wasLive = false
  #draining = false
  #failed = false
  #downSince: number
  #cancelPause: (() => void) | undefined

  constructor(options: FeedOptions) {
    this.#options = options
    this.source = options.source
    this.#downSince = options.real.monotonic()
  }

  get state(): FeedState {
    return this.#state
  }

  /** The source itself said that nothing follows, and was not told to stop. */
  get reachedEnd(): boolean {
    return this.#state === 'ended' && !this.#draining && !this.#failed
  }

  get reader(): SourceReader | undefined {
    return this.#reader
  }

  /** The chunk that waits to be pushed. */
  get chunk(): Chunk | undefined {
    return this.#chunk
  }

  async open(): Promise<void> {
    this.#state = 'opening'
    try {
      const reader = await this.source.spec.open(this.#options.context)
      // It may have been closed while it was being opened.
      if ((this.#state as FeedState) === 'closed') return await reader.close('release')
      this.#reader = reader
      if (this.#draining) await reader.close('drain')
      this.#state = 'idle'
      this.#options.wake()
    } catch (error) {
      // Nobody waits for one that was closed meanwhile, and it must not be opened again.
      if ((this.#state as FeedState) !== 'closed') this.#recover(error)
    }
  }

  /** Asks for the next chunk, if none is asked for or waits. */
  ask(): void {
    if (this.#state !== 'idle') return
    const reader = this.#reader!
    this.#state = 'asking'
    this.#askedAt = this.#options.time.monotonic()
    reader.next().then(
      chunk => {
        if (this.#reader !== reader || this.#state !== 'asking') return
        this.#stopWaiting()
        this.error = undefined
        this.#options.backoff.reset()
        this.#chunk = chunk
        this.#state = chunk ? 'ready' : 'ended'
        this.#options.wake()
      },
      error => {
        if (this.#reader !== reader || this.#state !== 'asking') return
        this.#stopWaiting()
        this.#recover(error)
      },
    )
  }

  /** Messages that were received and wait to be pushed. */
  get waitingMessages(): number {
    return this.#isPushed ? 0 : (this.#chunk?.length ?? 0)
  }

  /** The chunk goes into the graph, and waits no more. */
  pushing(): void {
    this.#isPushed = true
  }

  /** The chunk was pushed. */
  pushed(): void {
    this.#isPushed = false
    this.#chunk = undefined
    if (this.#state === 'ready') this.#state = 'idle'
  }

  #stopWaiting(): void {
    this.#waitedMs += this.#options.time.monotonic() - this.#askedAt!
    this.#askedAt = undefined
  }

  /**
   * Ms of the job's time, since the last call, in which the source was live and had nothing to read. Liveness is judged
   * at both ends: an outage in between counts nothing.
   */
  takeLiveMs(): number {
    if (this.#askedAt !== undefined) {
      this.#stopWaiting()
      this.#askedAt = this.#options.time.monotonic()
    }
    const live = this.#reader !== undefined && this.#state !== 'ended' && this.#reader.status().live
    const counted = live && this.#wasLive ? this.#waitedMs : 0
    this.#wasLive = live
    this.#waitedMs = 0
    return counted
  }

  /** Whether it was live at the last look. */
  get live(): boolean {
    return this.#wasLive
  }

  #recover(thrown: unknown): void {
    const { source, real, backoff, lost, wake, failed } = this.#options
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    const error =
      thrown instanceof MillraceError ? thrown : new MillraceError('MR412', `source '${source.id}' failed: ${reason}`, { cause: thrown })
    this.error = error
    this.#wasLive = false
    const reader = this.#reader
    this.#reader = undefined
    if (reader) {
      this.#downSince = real.monotonic()
      lost(reader)
      void reader.close('release').catch(() => undefined)
    }
    if (this.#draining || (error.action !== 'retry' && error.action !== 'back-off')) {
      this.#state = 'ended'
      this.#failed = true
      if (!this.#draining) failed(error)
      wake()
      return
    }
    this.#state = 'pausing'
    this.#cancelPause = real.after(backoff.next(), () => void this.open())
    wake()
  }

  status(): SourceStatus {
    const error = this.error && { code: this.error.code, message: this.error.message }
    const own = this.#reader?.status()
    if (own) return error && !own.error ? { ...own, error } : own
    return {
      connected: false,
      live: false,
      detail: this.error ? this.error.message : this.#state === 'ended' ? 'ended' : 'opening',
      downSince: this.#downSince,
      ...(error && { error }),
    }
  }

  /** Stops credit; what has arrived is still read, then the source ends. */
  async drain(): Promise<void> {
    this.#draining = true
    if (this.#state === 'pausing') {
      this.#cancelPause?.()
      this.#state = 'ended'
    }
    await this.#reader?.close('drain')
  }

  /** Gives back what was not settled. */
  async release(): Promise<void> {
    this.#cancelPause?.()
    this.#state = 'closed'
    this.#chunk = undefined
    const reader = this.#reader
    this.#reader = undefined
    await reader?.close('release')
  }
}
