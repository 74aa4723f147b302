import type { SourceReader } from '../../connector/source.js'
import type { ChunkEntry } from '../../journal/journal.js'
import type { Chunk } from '../../model/chunk.js'
import type { MillraceError } from '../../model/errors/millrace-error.js'
import { asMillraceError } from '../as-millrace-error.js'
import type { NextRetry } from '../insight/retry-line.js'
import type { PumpParts } from './pump-parts.js'
import { PumpSleep } from './pump-sleep.js'
import { Settler } from './settler.js'
import type { SourceFeed } from './source-feed.js'

/** Chunks after which other work of the process gets its turn in any case. */
const longestRun = 64
/** Real ms between two looks at the clocks while nothing happens. */
const heartbeat = 250
/** Real ms between two looks at the clocks under load. */
const clockPeriod = 20

/**
 * Drives one run of a job: asks sources in turn, writes their chunks to the journal and pushes them through the graph,
 * hands outputs to the outbox, ticks when an operator's deadline comes, and settles what is durable. While the journal or
 * the outbox is full, or dead letters cannot be stored, no source is asked.
 */
export class Pump {
  readonly settler: Settler
  readonly #parts: PumpParts
  readonly #rest: PumpSleep
  #halted = false
  #left: ChunkEntry | undefined
  #error: MillraceError | undefined
  #next = 0
  #deadlineAt = Number.POSITIVE_INFINITY
  /** Outputs are on their way to their sinks: what comes next must not be pushed in between. */
  #released = false
  #clocksAt = Number.NEGATIVE_INFINITY
  readonly #finished = new Set<string>()

  constructor(parts: PumpParts) {
    this.#parts = parts
    this.#rest = new PumpSleep(parts.real)
    this.settler = new Settler({ ...parts, failed: error => this.halt(asMillraceError(error, parts.graph.job)) })
  }

  /** Something changed; cheap, from anywhere. */
  readonly wake = (): void => this.#rest.wake()

  /** Real ms in which there was nothing to do. */
  get restedMs(): number {
    return this.#rest.ms
  }

  /** Ends the run at the next rest; with an error, `run` throws it, and the state of the run is given up. */
  halt(error?: MillraceError): void {
    this.#halted = true
    this.#error ??= error
    if (error) this.#parts.push.leave()
    this.wake()
  }

  /** Ends the run without waiting for the entry at hand, which may take long: what `left` names then is not at rest. */
  leave(): void {
    this.halt()
    this.#parts.push.leave()
  }

  /** The entry that was left half done: nothing of it has left the graph, whose state is no state between two entries any more. */
  get left(): ChunkEntry | undefined {
    return this.#left
  }

  forget(reader: SourceReader): void {
    this.settler.forget(reader)
  }

  /** Resolves `ended` when all sources have ended, `halted` at rest after `halt`. Throws what broke the run. */
  async run(): Promise<'ended' | 'halted'> {
    try {
      return await this.#drive()
    } finally {
      // What waits is settled by whoever ends the run, or comes again.
      this.settler.stop()
    }
  }

  async #drive(): Promise<'ended' | 'halted'> {
    const { feeds, log, push, real, turn } = this.#parts
    if (this.#error) throw this.#error
    if (this.#halted) return 'halted'
    push.time(log.time('hello'))
    this.#rested(0)
    for (const feed of feeds) void feed.open()
    let stretch = 0
    for (;;) {
      // Before the looks: a halt while others have their turn must not be slept through.
      this.#rest.rise()
      if (this.#error) throw this.#error
      if (this.#halted) return 'halted'
      const now = real.monotonic()
      if (this.#released || turn.isOver || ++stretch > longestRun) {
        this.#released = false
        await turn.give()
        stretch = 0
      }
      if (now - this.#clocksAt >= clockPeriod) this.#readClocks()
      const worked = await this.#turn()
      this.settler.soon()
      if (worked) continue
      if (feeds.every(feed => this.#isThrough(feed))) return 'ended'
      await this.#sleep()
    }
  }

  /** Nothing more comes, and its end went through the graph, if it is one. */
  #isThrough(feed: SourceFeed): boolean {
    return feed.state === 'ended' && (!feed.reachedEnd || this.#finished.has(feed.source.id))
  }

  /** The journal holds more entries: what follows from them may leave. An error of what follows is not one of the journal. */
  durable(): void {
    try {
      this.#release()
    } catch (error) {
      this.halt(asMillraceError(error, this.#parts.graph.job))
    }
  }

  #release(): void {
    const { outbox, deadLetters, insight, durable } = this.#parts
    this.settler.durable()
    // Letters first: an output that its sink refuses must not be in the file before those of its entry.
    deadLetters.release(durable!.journal.durable)
    this.#released = outbox.release(durable!.journal.durable)
    insight.release(durable!.journal.durable)
    this.wake()
  }

  #readClocks(): void {
    const { feeds, clock, memory, real } = this.#parts
    const live = new Map<number, number>()
    for (const feed of feeds) {
      const ms = feed.takeLiveMs()
      if (ms > 0) for (const origin of memory.origins.ofSource(feed.source.id)) live.set(origin, ms)
    }
    clock.advance(live)
    this.#clocksAt = real.monotonic()
  }

  /** One chunk, or one tick, or the end of a source; false: nothing to do. */
  async #turn(): Promise<boolean> {
    const { feeds, outbox, deadLetters, insight, log, push, clock, durable } = this.#parts
    if (outbox.full || deadLetters.full || durable?.journal.full) return false
    for (const feed of feeds) feed.ask()
    if (clock.stream >= this.#deadlineAt) {
      push.time(log.time('tick'))
      this.#rested(0)
      return true
    }
    const retry = insight.retries.next()
    if (retry) {
      await this.#pushRetry(retry)
      return true
    }
    for (let i = 0; i < feeds.length; i++) {
      const feed = feeds[(this.#next + i) % feeds.length]!
      if (feed.chunk) {
        this.#next = (this.#next + i + 1) % feeds.length
        await this.#pushChunk(feed)
        return true
      }
      if (feed.state === 'ended' && !this.#finished.has(feed.source.id) && feed.reachedEnd) {
        this.#finished.add(feed.source.id)
        push.time(log.time('end', [feed.source.id]))
        this.#rested(0)
        return true
      }
    }
    return false
  }

  async #pushChunk(feed: SourceFeed): Promise<void> {
    const chunk = feed.chunk!
    const reader = feed.reader!
    const { receipt } = chunk
    feed.pushing()
    const entry = await this.#take(feed.source.id, chunk)
    // One that was left comes again: from the journal, or else from its source.
    if (!this.#left || this.#parts.durable) this.settler.add(entry, reader, receipt)
    feed.pushed()
  }

  /** A dead letter that comes in again. */
  async #pushRetry({ retry: { source, chunk, id }, took }: NextRetry): Promise<void> {
    const { insight, durable } = this.#parts
    const entry = await this.#take(source, chunk, id)
    if (this.#left && !durable) return
    // Only now is known what became of it; the journal may have been quicker.
    took(entry)
    insight.release(durable?.journal.durable ?? Number.POSITIVE_INFINITY)
  }

  async #take(source: string, chunk: Chunk, retryOf?: string): Promise<number> {
    const { log, push, real } = this.#parts
    const began = real.monotonic()
    const entry = log.chunk(source, chunk, push.sliceOf(source), retryOf)
    if (await push.chunk(entry)) this.#rested(real.monotonic() - began)
    else this.#left = entry
    return entry.entry
  }

  /** After each entry, which cost so many ms: deadlines count from the clock that it carried. */
  #rested(cost: number): void {
    const { graph, clock, durable } = this.#parts
    durable?.snapshotter.rested(cost)
    // At least 1 ms on, so that an operator that asks for 0 cannot spin.
    this.#deadlineAt = clock.stream + Math.max(1, graph.deadline())
  }

  /** Until something changes, a deadline may have come, or a heartbeat has passed. */
  async #sleep(): Promise<void> {
    const { time, real, clock, feeds } = this.#parts
    // While no source is live the stream clock stands still, and no deadline comes nearer.
    const deadline = feeds.some(feed => feed.live) ? this.#deadlineAt - clock.stream : Number.POSITIVE_INFINITY
    await this.#rest.sleep(() => {
      const timers = [real.after(heartbeat, this.#lookAtClocks)]
      if (deadline < Number.POSITIVE_INFINITY) timers.push(time.after(Math.max(0, deadline), this.#lookAtClocks))
      return timers
    })
  }

  readonly #lookAtClocks = (): void => {
    this.#clocksAt = Number.NEGATIVE_INFINITY
    this.wake()
  }
}
