import type { Decoded } from '../codecs/decoder.js'
import type { OutputBatch } from '../connector/sink.js'
import type { Graph, RowRejection } from '../job/graph.js'
import type { Chunk } from '../model/chunk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { arrivalBatch, timeBatch } from './chunk-batch.js'
import type { DeadLetterStore } from './dead-letter-store.js'
import type { JobClock } from './job-clock.js'
import type { JobMemory } from './job-memory.js'
import { messageSample } from './message-sample.js'
import type { Outbox } from './outbox.js'
import type { SourceFeed } from './source-feed.js'
import { yieldTurn } from './yield-turn.js'

/** Rows pushed at once; a longer chunk goes in slices, which changes nothing but the pauses. */
const longestPush = 4_096

export interface EntryPushParts {
  readonly graph: Graph
  readonly clock: JobClock
  readonly memory: JobMemory
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
  /** Sees every output as it leaves the graph, before it waits for its sink. */
  readonly onOutput: ((output: OutputBatch) => void) | undefined
}

/** Brings journal entries through the graph: chunks, ticks, the first and the last word of a source. */
export class EntryPush {
  readonly #parts: EntryPushParts
  readonly #utf8 = new TextEncoder()

  constructor(parts: EntryPushParts) {
    this.#parts = parts
  }

  get entry(): number {
    return this.#parts.memory.entry
  }

  /** One chunk: duplicates left out, decoded, pushed, its refused messages kept. */
  async chunk(feed: SourceFeed, chunk: Chunk): Promise<number> {
    const { graph, clock, memory } = this.#parts
    const { origins, ids, counts } = memory
    const source = feed.source.id
    const entry = ++this.#parts.memory.entry
    counts.received += chunk.length
    const seen = feed.identity && ids.judge(source, feed.identity, chunk, clock.stream)
    counts.duplicate += seen?.duplicates ?? 0
    counts.idReused += seen?.reused ?? 0
    const decoded = feed.decoder.decode(chunk, seen?.omit)
    counts.skipped += decoded.skipped
    clock.readWall()
    const batch = arrivalBatch(decoded, origins.of(source, chunk.partition), clock.reading(origins.of(source, chunk.partition)))
    this.#guarded(() => graph.begin(entry))
    for (let from = 0; from === 0 || from < batch.length; from += longestPush) {
      if (from > 0) await yieldTurn()
      const slice = batch.length <= longestPush ? batch : batch.slice(from, Math.min(from + longestPush, batch.length))
      this.#guarded(() => graph.push(source, slice))
    }
    this.#end(entry, chunk, source, decoded)
    return entry
  }

  /** Time alone, to all partitions of all sources: timers fire, quiet windows close. */
  tick(): void {
    this.#timeAlone(
      this.#parts.graph.sources.map(source => source.id),
      this.#parts.clock.wall - 1,
    )
  }

  /** Names every partition to the operators before the first row, so that none is overlooked in a minimum. */
  hello(): void {
    const { graph, memory } = this.#parts
    for (const source of graph.sources) memory.origins.of(source.id, 0)
    this.#timeAlone(
      graph.sources.map(source => source.id),
      Number.NEGATIVE_INFINITY,
    )
  }

  /** The end of a source: no row follows. */
  finish(sources: readonly string[]): void {
    this.#timeAlone(sources, Number.POSITIVE_INFINITY)
  }

  #timeAlone(sources: readonly string[], watermark: number): void {
    const { graph, clock, memory } = this.#parts
    const entry = ++this.#parts.memory.entry
    this.#guarded(() => graph.begin(entry))
    for (const source of sources) {
      for (const origin of memory.origins.ofSource(source)) {
        this.#guarded(() => graph.push(source, timeBatch(origin, clock.reading(origin), watermark)))
      }
    }
    this.#end(entry, undefined, '', undefined)
  }

  #end(entry: number, chunk: Chunk | undefined, source: string, decoded: Decoded | undefined): void {
    const { graph, outbox, deadLetters, memory, clock, onOutput } = this.#parts
    const { outputs, rejections } = this.#guarded(() => graph.end())
    let index = 0
    const refused = new Set<number>()
    for (const rejection of decoded?.rejected ?? []) {
      refused.add(rejection.message)
      const { code, path } = rejection
      const bytes = messageBytes(chunk!, rejection.message)
      deadLetters.add(entry, index++, {
        source,
        code,
        reason: atLine(chunk!, rejection.message, withStack(rejection)),
        path,
        at: clock.wall,
        bytes,
        sample: messageSample(chunk!, rejection.message),
      })
    }
    for (const rejection of rejections) {
      if (rejection.message !== undefined) {
        // One message, one letter: two operators may refuse the rows that it became.
        if (refused.has(rejection.message)) continue
        refused.add(rejection.message)
      }
      deadLetters.add(entry, index++, this.#refusedRow(rejection, chunk, source))
    }
    memory.counts.deadLettered += refused.size
    for (const batch of outputs) memory.counts.results += batch.length
    if (onOutput) outputs.forEach(onOutput)
    outbox.add(entry, outputs)
  }

  #refusedRow(rejection: RowRejection, chunk: Chunk | undefined, source: string) {
    const { code, node, message } = rejection
    const own = chunk && message !== undefined
    const bytes = own ? messageBytes(chunk, message) : this.#utf8.encode(rejection.row)
    const sample = own ? { sample: messageSample(chunk, message) } : {}
    const reason = withStack(rejection)
    return { source: rejection.source || source, code, reason, path: node, at: this.#parts.clock.wall, bytes, ...sample }
  }

  #guarded<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (error instanceof MillraceError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new MillraceError('MR410', `an operator of '${this.#parts.graph.job}' threw: ${reason}`, {
        cause: error,
        notes: error instanceof Error && error.stack ? error.stack.split('\n').slice(1, 5) : [],
      })
    }
  }
}

const messageBytes = (chunk: Chunk, message: number): Uint8Array => chunk.bytes.subarray(chunk.starts[message]!, chunk.ends[message]!)

const withStack = ({ reason, stack }: { readonly reason: string; readonly stack?: string }): string =>
  stack === undefined ? reason : `${reason}\n${stack}`

const atLine = (chunk: Chunk, message: number, reason: string): string => (chunk.lines ? `line ${chunk.lines[message]}: ${reason}` : reason)
