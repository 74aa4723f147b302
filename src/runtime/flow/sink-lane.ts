import type { SinkStatus, SinkWriter } from '../../connector/sink.js'
import type { GraphSink } from '../../job/graph.js'
import type { Backoff } from '../../model/backoff.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'
import type { LaneEvents } from './lane-events.js'
import { sinkError } from './sink-error.js'
import { heldBy, rowsIn, together, type Waiting } from './waiting.js'

/**
 * The outputs of one sink on their way, in order: one write at a time, or those together that its writer gathers. A failed write is
 * repeated with growing pauses.
 */
export class SinkLane {
  readonly sink: GraphSink
  readonly #open: () => Promise<SinkWriter>
  readonly #events: LaneEvents
  readonly #real: TimeSource
  readonly #backoff: Backoff
  #queue: Waiting[] = []
  #head = 0
  /** Handed over and not settled, oldest first: the head of the queue is its first. */
  #sent: { readonly item: Waiting; readonly written: Promise<void> }[] = []
  /** While outputs wait for company: the rows that end it. */
  #enough = Number.POSITIVE_INFINITY
  #writer: SinkWriter | undefined
  /** While it waits for its peer. */
  #opening: SinkWriter | undefined
  #started = false
  #running = false
  #closed = false
  #since: number | undefined
  /** Why its last attempt failed, until one succeeds. */
  error: MillraceError | undefined
  #cancelPause: (() => void) | undefined
  /** Rows that were acknowledged, while our note of it is not durable: after a crash they would be sent again. */
  #unnoted = 0
  #whenNoted: (() => void) | undefined
  rows = 0

  constructor(sink: GraphSink, open: () => Promise<SinkWriter>, events: LaneEvents, real: TimeSource, backoff: Backoff) {
    this.sink = sink
    this.#open = open
    this.#events = events
    this.#real = real
    this.#backoff = backoff
  }

  /** The entry of the oldest output that is not acknowledged; +Infinity: none. */
  get oldestEntry(): number {
    return this.#queue[this.#head]?.position.entry ?? Number.POSITIVE_INFINITY
  }

  get pendingRows(): number {
    return rowsIn(this.#queue, this.#head)
  }

  /** What is not acknowledged, oldest first. */
  unacknowledged(): readonly Waiting[] {
    return this.#queue.slice(this.#head)
  }

  add(item: Waiting): void {
    this.#queue.push(item)
    this.rows += item.outputs.length
    this.#since ??= this.#real.monotonic()
    if (this.#enough < Number.POSITIVE_INFINITY && this.pendingRows >= this.#enough) this.#cancelPause?.()
    if (this.#started) this.start()
  }

  /** Opens the sink, and writes what waits and what comes. */
  start(): void {
    this.#started = true
    if (this.#running || this.#closed) return
    this.#running = true
    void this.#run()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#writer ??= await this.#opened()
        if (!this.#queue[this.#head] || this.#closed) break
        if (this.#sent.length === 0) await this.#handOver(this.#writer)
        // It may have been closed while it waited.
        if (this.#closed) break
        const { item, written } = this.#sent.shift()!
        await written
        if (this.#closed) break
        if (this.sink.spec.kind === 'sink') this.#events.reached('sent')
        this.#done(item)
      } catch (thrown) {
        if (!(await this.#recover(sinkError(this.sink.id, thrown)))) break
      }
    }
    this.#running = false
  }

  /** Begins to write what goes together, when that may be sent. */
  async #handOver(writer: SinkWriter): Promise<void> {
    const items = await this.#gathered(writer)
    if (this.sink.spec.kind === 'sink') {
      await this.#roomFor(rowsIn(items), writer)
      await this.#events.maySend()
      if (this.#closed) return
      this.#events.reached('before-send')
    }
    this.#sent = items.map(item => ({ item, written: writer.write(item.outputs, item.position) }))
    // Each is awaited in its turn.
    for (const { written } of this.#sent) written.catch(() => undefined)
  }

  /** The oldest output, and those behind it that its writer takes in one go; it may wait for company. */
  async #gathered({ gathers, remembers = Number.POSITIVE_INFINITY }: SinkWriter): Promise<readonly Waiting[]> {
    const most = Math.min(gathers?.rows ?? 0, remembers / 2)
    if (gathers && gathers.ms > 0 && this.pendingRows < most) {
      this.#enough = most
      await this.#pause(gathers.ms)
      this.#enough = Number.POSITIVE_INFINITY
    }
    return together(this.#queue, this.#head, most)
  }

  /** What could be sent twice must be within what the peer remembers, with half of it to spare (Artemis forgets the oldest ids). */
  async #roomFor(rows: number, { guarantee, remembers }: SinkWriter): Promise<void> {
    if (guarantee !== 'idempotent' || remembers === undefined) return
    while (this.#unnoted > 0 && this.#unnoted + rows > remembers / 2 && !this.#closed) {
      await new Promise<void>(resolve => {
        this.#whenNoted = resolve
      })
    }
  }

  async #opened(): Promise<SinkWriter> {
    // The writer of one who was replaced would shut out that of its successor.
    await this.#events.maySend()
    const writer = await this.#open()
    this.#opening = writer
    try {
      // It was closed before there was anything to close.
      if (this.#closed) throw new MillraceError('MR413', `sink '${this.sink.id}' was closed before it was open`)
      // Outputs that the peer took before the stop, without our knowing.
      const held = await (this.#events.holds?.(this.sink.id, writer.open()) ?? writer.open())
      const { whole, rest } = heldBy(held, this.unacknowledged())
      for (const item of whole) this.#done(item)
      if (rest) this.#queue[this.#head] = rest
      return writer
    } catch (error) {
      await writer.close()
      throw error
    } finally {
      this.#opening = undefined
    }
  }

  #done(item: Waiting, refused = false): void {
    this.#head++
    // What was sent is let go soon: it may be large.
    if (this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
    this.#since = this.#queue.length > 0 ? this.#real.monotonic() : undefined
    this.error = undefined
    this.#backoff.reset()
    const { length } = item.outputs
    this.#unnoted += length
    this.#events.acknowledged(item, refused, () => {
      this.#unnoted -= length
      this.#whenNoted?.()
    })
  }

  /** True: go on. */
  async #recover(error: MillraceError): Promise<boolean> {
    if (this.#closed) return false
    this.error = error
    const item = this.#queue[this.#head]
    switch (error.action) {
      case 'dead-letter':
        if (!item) return false
        await this.#events.refused(item, error)
        if (this.#closed) return false
        this.#done(item, true)
        return true
      case 'retry':
      case 'back-off':
        // What was handed over behind it is handed over again behind it.
        await Promise.allSettled(this.#sent.map(({ written }) => written))
        this.#sent = []
        await this.#pause(this.#backoff.next())
        return !this.#closed
      case 'drain':
      case 'stop':
      // None of a sink's own; whoever throws it all the same would throw it again.
      case 'refuse':
        this.#events.failed(error)
        return false
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#real.after(ms, resolve)
      this.#cancelPause = () => {
        cancel()
        resolve()
      }
    })
  }

  /** What its writer promises; undefined before it is open. */
  get guarantee(): SinkWriter['guarantee'] | undefined {
    return this.#writer?.guarantee
  }

  /** Of the writer that is open. */
  get remembers(): number | undefined {
    return this.#writer?.remembers
  }

  /** Of the writer that is open. */
  get why(): string | undefined {
    return this.#writer?.why
  }

  status(): SinkStatus {
    const pending = this.pendingRows
    const since = this.#since
    const error = this.error && { code: this.error.code, message: this.error.message }
    const own = (this.#writer ?? this.#opening)?.status()
    const reason = error ? `the sink to recover: ${error.message}` : 'the sink to acknowledge'
    return {
      connected: own?.connected ?? false,
      detail: own?.detail ?? (error ? error.message : 'opening'),
      pending,
      ...(own?.endpoint !== undefined && { endpoint: own.endpoint }),
      ...(own?.credit !== undefined && { credit: own.credit }),
      ...(since !== undefined && { waiting: own?.waiting ?? { for: reason, since } }),
      ...((error ?? own?.error) && { error: error ?? own!.error! }),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelPause?.()
    this.#whenNoted?.()
    await (this.#writer ?? this.#opening)?.close()
  }
}
