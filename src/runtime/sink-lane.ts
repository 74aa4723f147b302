import type { OutputBatch, Position, SinkStatus, SinkWriter } from '../connector/sink.js'
import type { GraphSink } from '../job/graph.js'
import type { Backoff } from '../model/backoff.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { TimeSource } from '../model/seams.js'
import { outputBytes } from './output-bytes.js'

/** One output that waits for its sink. */
export interface Waiting {
  readonly outputs: OutputBatch
  readonly position: Position
  readonly bytes: number
}

export interface LaneEvents {
  /** The sink holds this output now, or, where `refused`, never will: it is kept elsewhere. */
  acknowledged(item: Waiting, refused: boolean): void
  /** The sink will never take it. Resolves when it is kept elsewhere. */
  refused(item: Waiting, error: MillraceError): Promise<void>
  /** The job has to drain or stop. */
  failed(error: MillraceError): void
}

/** The outputs of one sink on their way, in order, one write at a time; a failed write is repeated with growing pauses. */
export class SinkLane {
  readonly sink: GraphSink
  readonly #open: () => Promise<SinkWriter>
  readonly #events: LaneEvents
  readonly #real: TimeSource
  readonly #backoff: Backoff
  #queue: Waiting[] = []
  #head = 0
  #writer: SinkWriter | undefined
  #running = false
  #closed = false
  #since: number | undefined
  #error: MillraceError | undefined
  #cancelPause: (() => void) | undefined
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
    let rows = 0
    for (let i = this.#head; i < this.#queue.length; i++) rows += this.#queue[i]!.outputs.length
    return rows
  }

  /** What is not acknowledged, oldest first. */
  unacknowledged(): readonly Waiting[] {
    return this.#queue.slice(this.#head)
  }

  add(outputs: OutputBatch, position: Position): Waiting {
    const item = { outputs, position, bytes: outputBytes(outputs) }
    this.#queue.push(item)
    this.rows += outputs.length
    this.start()
    return item
  }

  /** Opens the sink, and writes what waits. */
  start(): void {
    if (this.#running || this.#closed) return
    this.#running = true
    void this.#run()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#since ??= this.#head < this.#queue.length ? this.#real.monotonic() : undefined
        this.#writer ??= await this.#opened()
        const item = this.#queue[this.#head]
        if (!item || this.#closed) break
        await this.#writer.write(item.outputs, item.position)
        this.#done(item)
      } catch (thrown) {
        const error = thrown instanceof MillraceError ? thrown : this.#unknown(thrown)
        if (!(await this.#recover(error))) break
      }
    }
    this.#running = false
  }

  async #opened(): Promise<SinkWriter> {
    const writer = await this.#open()
    const held = await writer.open()
    // Outputs of a snapshot that the peer took before the stop, without our knowing.
    for (let item = this.#queue[this.#head]; item && held && !after(item.position, held); item = this.#queue[this.#head]) this.#done(item)
    return writer
  }

  #done(item: Waiting, refused = false): void {
    this.#head++
    if (this.#head === this.#queue.length || this.#head > 1024) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
    this.#since = this.#queue.length > 0 ? this.#real.monotonic() : undefined
    this.#error = undefined
    this.#backoff.reset()
    this.#events.acknowledged(item, refused)
  }

  #unknown(thrown: unknown): MillraceError {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return new MillraceError('MR413', `sink '${this.sink.id}' failed: ${reason}`, { cause: thrown })
  }

  /** True: go on. */
  async #recover(error: MillraceError): Promise<boolean> {
    if (this.#closed) return false
    this.#error = error
    const item = this.#queue[this.#head]
    switch (error.action) {
      case 'dead-letter':
        if (!item) return false
        await this.#events.refused(item, error)
        this.#done(item, true)
        return true
      case 'retry':
      case 'back-off':
        await this.#pause(this.#backoff.next())
        return !this.#closed
      case 'drain':
      case 'stop':
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

  status(): SinkStatus {
    const pending = this.pendingRows
    const since = this.#since
    const error = this.#error && { code: this.#error.code, message: this.#error.message }
    const own = this.#writer?.status()
    const reason = error ? `the sink to recover: ${error.message}` : 'the sink to acknowledge'
    return {
      connected: own?.connected ?? false,
      detail: own?.detail ?? (error ? error.message : 'opening'),
      pending,
      ...(own?.endpoint !== undefined && { endpoint: own.endpoint }),
      ...(own?.credit !== undefined && { credit: own.credit }),
      ...(own?.waiting ? { waiting: own.waiting } : since !== undefined && { waiting: { for: reason, since } }),
      ...((error ?? own?.error) && { error: error ?? own!.error! }),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelPause?.()
    await this.#writer?.close()
  }
}

function after(a: Position, b: Position): boolean {
  return a.entry > b.entry || (a.entry === b.entry && a.ordinal > b.ordinal)
}
