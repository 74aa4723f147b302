import type { OutputBatch, SinkWriter } from '../connector/sink.js'
import type { GraphSink } from '../job/graph.js'
import { Backoff } from '../model/backoff.js'
import type { RandomSource, TimeSource } from '../model/seams.js'
import { type LaneEvents, SinkLane, type Waiting } from './sink-lane.js'

export interface OutboxOptions {
  readonly sinks: readonly GraphSink[]
  /** Opens a sink's writer; views come from the registry, others from their connector. */
  readonly open: (sink: GraphSink) => Promise<SinkWriter>
  readonly real: TimeSource
  readonly random: RandomSource
  readonly events: LaneEvents
  /** Waiting outputs may hold this much memory before the sources are made to wait. */
  readonly maxBytes: number
}

/** An output in a snapshot. */
export interface StoredOutput {
  readonly entry: number
  readonly ordinal: number
  readonly outputs: OutputBatch
}

/** Outputs between graph and sinks: in order for each sink, a slow sink holds the sources back and never the memory. */
export class Outbox {
  readonly lanes: ReadonlyMap<string, SinkLane>
  readonly maxBytes: number
  #bytes = 0

  constructor(options: OutboxOptions) {
    this.maxBytes = options.maxBytes
    const events: LaneEvents = {
      ...options.events,
      acknowledged: (item, refused) => {
        this.#bytes -= item.bytes
        options.events.acknowledged(item, refused)
      },
    }
    const lane = (sink: GraphSink) => new SinkLane(sink, () => options.open(sink), events, options.real, new Backoff(options.random))
    this.lanes = new Map(options.sinks.map(sink => [sink.id, lane(sink)]))
  }

  get bytes(): number {
    return this.#bytes
  }

  get full(): boolean {
    return this.#bytes >= this.maxBytes
  }

  /** All entries below this one are acknowledged by every sink. */
  get oldestEntry(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const lane of this.lanes.values()) oldest = Math.min(oldest, lane.oldestEntry)
    return oldest
  }

  get empty(): boolean {
    return this.oldestEntry === Number.POSITIVE_INFINITY
  }

  get rows(): number {
    let rows = 0
    for (const lane of this.lanes.values()) rows += lane.rows
    return rows
  }

  /** Opens all sinks, whether or not there is output. */
  start(): void {
    for (const lane of this.lanes.values()) lane.start()
  }

  /** Takes what an entry gave; the ordinal of a batch counts the rows before it of the same entry and sink. */
  add(entry: number, outputs: readonly OutputBatch[]): void {
    const ordinals = new Map<string, number>()
    for (const batch of outputs) {
      const ordinal = ordinals.get(batch.sink) ?? 0
      ordinals.set(batch.sink, ordinal + batch.length)
      if (batch.length > 0) this.#enqueue(batch, entry, ordinal)
    }
  }

  #enqueue(batch: OutputBatch, entry: number, ordinal: number): void {
    const lane = this.lanes.get(batch.sink)!
    // An acknowledgement comes in a later microtask at the earliest, so it is never counted before this.
    const item: Waiting = lane.add(batch, { entry, ordinal })
    this.#bytes += item.bytes
  }

  /** What no sink has acknowledged, for the snapshot of a graceful stop. */
  snapshot(): readonly StoredOutput[] {
    return [...this.lanes.values()].flatMap(lane => lane.unacknowledged().map(({ position, outputs }) => ({ ...position, outputs })))
  }

  restore(stored: readonly StoredOutput[]): void {
    for (const { entry, ordinal, outputs } of stored) this.#enqueue(outputs, entry, ordinal)
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.lanes.values()].map(lane => lane.close()))
  }
}
