import type { SourceReader } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { TimeSource } from '../model/seams.js'
import type { DeadLetterStore } from './dead-letter-store.js'
import type { EntryPush } from './entry-push.js'
import type { JobClock } from './job-clock.js'
import type { Origins } from './origins.js'
import type { Outbox } from './outbox.js'
import { Settlement } from './settlement.js'
import type { SourceFeed } from './source-feed.js'
import { yieldTurn } from './yield-turn.js'

/** Real ms after which other work of the process gets its turn. */
const longestStretch = 8
/** Chunks after which it does in any case. */
const longestRun = 64
/** Real ms between two looks at the clocks while nothing happens. */
const heartbeat = 250
/** Real ms between two settlements under load: each costs a write to the socket; the first after a pause goes at once. */
const settlePeriod = 2
/** Real ms between two looks at the clocks under load. */
const clockPeriod = 20

export interface PumpParts {
  readonly graph: Graph
  readonly feeds: readonly SourceFeed[]
  readonly clock: JobClock
  readonly origins: Origins
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  readonly push: EntryPush
  readonly time: TimeSource
  readonly real: TimeSource
}

/**
 * Drives one run of a job: asks sources in turn, pushes their chunks through the graph, hands outputs to the outbox,
 * ticks when an operator's deadline comes, and settles what is done. While the outbox is full, or dead letters cannot be
 * stored, no source is asked.
 */
export class Pump {
  readonly settlement = new Settlement()
  readonly #parts: PumpParts
  #wake: (() => void) | undefined
  #woken = false
  #halted = false
  #error: MillraceError | undefined
  #next = 0
  #deadlineAt = Number.POSITIVE_INFINITY
  #clocksAt = Number.NEGATIVE_INFINITY
  #settledAt = Number.NEGATIVE_INFINITY
  #cancelSettle: (() => void) | undefined
  readonly #finished = new Set<string>()

  constructor(parts: PumpParts) {
    this.#parts = parts
  }

  /** Something changed; cheap, from anywhere. */
  readonly wake = (): void => {
    this.#woken = true
    this.#wake?.()
  }

  /** Ends the run at the next rest; with an error, `run` throws it. */
  halt(error?: MillraceError): void {
    this.#halted = true
    this.#error ??= error
    this.wake()
  }

  forget(reader: SourceReader): void {
    this.settlement.forget(reader)
  }

  /** Resolves `ended` when all sources have ended, `halted` at rest after `halt`. Throws what broke the run. */
  async run(): Promise<'ended' | 'halted'> {
    try {
      return await this.#drive()
    } finally {
      // What waits is settled by whoever ends the run, or comes again.
      this.#cancelSettle?.()
      this.#cancelSettle = undefined
    }
  }

  async #drive(): Promise<'ended' | 'halted'> {
    const { feeds, push, graph, clock, real } = this.#parts
    push.hello()
    this.#deadlineAt = clock.stream + graph.deadline()
    for (const feed of feeds) void feed.open()
    let yielded = real.monotonic()
    let stretch = 0
    for (;;) {
      if (this.#error) throw this.#error
      if (this.#halted) return 'halted'
      const now = real.monotonic()
      if (now - yielded > longestStretch || ++stretch > longestRun) {
        await yieldTurn()
        yielded = real.monotonic()
        stretch = 0
      }
      this.#woken = false
      if (now - this.#clocksAt >= clockPeriod) this.#readClocks()
      const worked = await this.#turn()
      this.#settleSoon()
      if (worked) continue
      if (feeds.every(feed => feed.state === 'ended')) return 'ended'
      await this.#sleep()
    }
  }

  #settleSoon(): void {
    if (this.#cancelSettle || this.settlement.waiting === 0) return
    const { real } = this.#parts
    const due = this.#settledAt + settlePeriod - real.monotonic()
    if (due <= 0) this.settle()
    else this.#cancelSettle = real.after(due, this.settle)
  }

  /** Settles what every sink has acknowledged. */
  readonly settle = (): void => {
    const { outbox, deadLetters, push, real } = this.#parts
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
    this.#settledAt = real.monotonic()
    this.settlement.settleBelow(Math.min(outbox.oldestEntry, deadLetters.oldestEntry, push.entry + 1))
  }

  #readClocks(): void {
    const { feeds, clock, origins, real } = this.#parts
    const live = new Map<number, number>()
    for (const feed of feeds) {
      const ms = feed.takeLiveMs()
      if (ms > 0) for (const origin of origins.ofSource(feed.source.id)) live.set(origin, ms)
    }
    clock.advance(live)
    this.#clocksAt = real.monotonic()
  }

  /** One chunk, or one tick, or the end of a source; false: nothing to do. */
  async #turn(): Promise<boolean> {
    const { feeds, outbox, deadLetters, push, clock } = this.#parts
    if (outbox.full || deadLetters.full) return false
    for (const feed of feeds) feed.ask()
    if (clock.stream >= this.#deadlineAt) {
      push.tick()
      this.#rested()
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
        push.finish([feed.source.id])
        this.#rested()
        return true
      }
    }
    return false
  }

  async #pushChunk(feed: SourceFeed): Promise<void> {
    const { push } = this.#parts
    const chunk = feed.chunk!
    const reader = feed.reader!
    const { receipt } = chunk
    const entry = await push.chunk(feed, chunk)
    this.settlement.add(entry, reader, receipt)
    feed.pushed()
    this.#rested()
  }

  /** After each entry: deadlines count from the clock that it carried. */
  #rested(): void {
    const { graph, clock } = this.#parts
    // At least 1 ms on, so that an operator that asks for 0 cannot spin.
    this.#deadlineAt = clock.stream + Math.max(1, graph.deadline())
  }

  /** Until something changes, a deadline may have come, or a heartbeat has passed. */
  async #sleep(): Promise<void> {
    if (this.#woken) return
    const { time, real, clock, feeds } = this.#parts
    // While no source is live the stream clock stands still, and no deadline comes nearer.
    const deadline = feeds.some(feed => feed.live) ? this.#deadlineAt - clock.stream : Number.POSITIVE_INFINITY
    await new Promise<void>(resolve => {
      this.#wake = resolve
      const timers = [real.after(heartbeat, this.#lookAtClocks)]
      if (deadline < Number.POSITIVE_INFINITY) timers.push(time.after(Math.max(0, deadline), this.#lookAtClocks))
      this.#cancelTimers = () => {
        for (const cancel of timers) cancel()
      }
    })
    this.#wake = undefined
    this.#cancelTimers()
  }

  #cancelTimers: () => void = () => undefined

  readonly #lookAtClocks = (): void => {
    this.#clocksAt = Number.NEGATIVE_INFINITY
    this.wake()
  }
}
