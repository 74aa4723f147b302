import type { OutputBatch, SinkWriter } from '../../connector/sink.js'
import type { GraphSink } from '../../job/graph.js'
import { Backoff } from '../../model/backoff.js'
import type { RandomSource, TimeSource } from '../../model/seams.js'
import { Held } from './held.js'
import type { LaneEvents } from './lane-events.js'
import { outputBytes } from './output-bytes.js'
import { piecesOf } from './pieces-of.js'
import { SinkLane } from './sink-lane.js'
import type { Waiting } from './waiting.js'

export interface OutboxOptions {
  readonly sinks: readonly GraphSink[]
  /** Opens a sink's writer; views come from the registry, others from their connector. */
  readonly open: (sink: GraphSink) => Promise<SinkWriter>
  readonly real: TimeSource
  readonly random: RandomSource
  readonly events: LaneEvents
  /** Waiting outputs may hold this much memory before the sources are made to wait. */
  readonly maxBytes: number
  /** Sees every output once its entry is durable, before it waits for its sink. */
  readonly onOutput: ((output: OutputBatch) => void) | undefined
  /** Outputs of entries behind this one wait for `release`; +Infinity: there is no journal, none waits. */
  readonly durable: number
}

/** An output in a snapshot. */
export interface StoredOutput {
  readonly entry: number
  readonly ordinal: number
  readonly outputs: OutputBatch
}

/**
 * Outputs between graph and sinks: held until the entry that caused them is durable, then in order for each sink. A slow
 * sink holds the sources back and never the memory.
 */
export class Outbox {
  readonly lanes: ReadonlyMap<string, SinkLane>
  readonly maxBytes: number
  readonly #onOutput: OutboxOptions['onOutput']
  readonly #held = new Held<Waiting>()
  #durable: number
  #bytes = 0

  constructor(options: OutboxOptions) {
    this.maxBytes = options.maxBytes
    this.#durable = options.durable
    this.#onOutput = options.onOutput
    const events: LaneEvents = {
      ...options.events,
      acknowledged: (item, refused, noted) => {
        this.#bytes -= item.bytes
        options.events.acknowledged(item, refused, noted)
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
    let oldest = this.#held.oldestEntry
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

  /** Takes what an entry gave. */
  add(entry: number, outputs: readonly OutputBatch[]): void {
    for (const output of placed(entry, outputs)) this.#take(output)
  }

  #take({ entry, ordinal, outputs }: StoredOutput): void {
    const item: Waiting = { outputs, position: { entry, ordinal }, bytes: outputBytes(outputs) }
    this.#bytes += item.bytes
    if (entry > this.#durable) this.#held.add(entry, item)
    else this.#give(item)
  }

  #give(item: Waiting): void {
    this.#onOutput?.(item.outputs)
    this.lanes.get(item.outputs.sink)!.add(item)
  }

  /** The journal holds all entries up to this one; gives whether any output waited for that. */
  release(durable: number): boolean {
    this.#durable = durable
    const due = this.#held.take(durable)
    for (const item of due) this.#give(item)
    return due.length > 0
  }

  /** What no sink has acknowledged, for a snapshot. */
  snapshot(): readonly StoredOutput[] {
    const items = [...this.lanes.values()].flatMap(lane => lane.unacknowledged()).concat(this.#held.all())
    return items.map(({ position, outputs }) => ({ ...position, outputs }))
  }

  /** What was not acknowledged before this process. */
  restore(stored: readonly StoredOutput[]): void {
    for (const output of stored) this.#take(output)
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.lanes.values()].map(lane => lane.close()))
  }
}

/** The outputs of an entry, large ones in pieces, with their places: an ordinal counts the rows before it of the same entry and sink. */
export function placed(entry: number, outputs: readonly OutputBatch[]): readonly StoredOutput[] {
  const ordinals = new Map<string, number>()
  const found: StoredOutput[] = []
  for (const batch of outputs) {
    for (const outputs of piecesOf(batch)) {
      const ordinal = ordinals.get(batch.sink) ?? 0
      ordinals.set(batch.sink, ordinal + outputs.length)
      found.push({ entry, ordinal, outputs })
    }
  }
  return found
}
