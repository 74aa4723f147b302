import type { Decoder } from '../../codecs/decoder.js'
import type { OutputBatch } from '../../connector/sink.js'
import type { SourceSpec } from '../../connector/source.js'
import type { Graph, RowRejection } from '../../job/graph.js'
import type { ChunkEntry, TimeEntry } from '../../journal/journal.js'
import type { Batch } from '../../model/batch.js'
import type { Chunk } from '../../model/chunk.js'
import type { Clock } from '../../model/clock.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { LateRow } from '../../model/late-row.js'
import { MessageIdentity } from '../identity/message-identity.js'
import type { Refused } from '../letters/dead-letter-store.js'
import type { OriginalMessage } from '../letters/kept-letters.js'
import { messageSample } from '../letters/message-sample.js'
import type { RetryMark } from '../letters/retry-mark.js'
import { rowsOfMessage } from '../letters/rows-of-message.js'
import { undividedNodes } from '../letters/undivided-nodes.js'
import type { JobMemory } from '../status/job-memory.js'
import { arrivalBatch, timeBatch } from './chunk-batch.js'
import { chunkPieces } from './chunk-pieces.js'
import { DecodedRows } from './decoded-rows.js'
import { LoopTurn } from './loop-turn.js'
import { SourceSlices } from './source-slices.js'

/** Where nobody has a clock, a turn is never over, and slices are as long as they may be. */
const timeless = new LoopTurn({ monotonic: () => 0 })

const timeWatermarks: Readonly<Record<TimeEntry['what'], (wall: number) => number>> = {
  hello: () => Number.NEGATIVE_INFINITY,
  tick: wall => wall - 1,
  end: () => Number.POSITIVE_INFINITY,
}

/** What follows from an entry. */
export interface Consequences {
  outputs(entry: number, outputs: readonly OutputBatch[]): void
  refused(entry: number, index: number, refused: Refused): void
  /** Rows that no window took, at most the newest thousand. */
  late?(entry: number, rows: readonly Omit<LateRow, 'job'>[]): void
  /** The message of a dead letter came in again. */
  retried?(mark: RetryMark): void
}

interface Reading {
  readonly decoder: Decoder
  readonly placeOf: SourceSpec<unknown>['placeOf']
  /** Undefined where the job names no id: then nothing is known of duplicates. */
  readonly identity: MessageIdentity | undefined
  readonly slices: SourceSlices
}

/**
 * Brings journal entries through the graph, live or in a replay: duplicates are left out, the rest is decoded and
 * pushed. What follows is a function of the entries alone.
 */
export class EntryPush {
  readonly #graph: Graph
  readonly #memory: JobMemory
  readonly #to: Consequences
  readonly #turn: LoopTurn
  readonly #readings: ReadonlyMap<string, Reading>
  readonly #undivided: ReadonlySet<string>
  readonly #utf8 = new TextEncoder()
  #leaving = false

  /** What takes long is done in slices, and whoever else waits has its turn of the event loop in between. */
  constructor(graph: Graph, memory: JobMemory, to: Consequences, turn = timeless) {
    this.#graph = graph
    this.#memory = memory
    this.#to = to
    this.#turn = turn
    this.#undivided = undividedNodes(graph.plan)
    this.#readings = new Map(
      graph.sources.map(({ id, spec, use }) => [
        id,
        {
          decoder: spec.decoder.compile(use),
          placeOf: spec.placeOf?.bind(spec),
          identity: spec.id && new MessageIdentity(spec.id),
          slices: new SourceSlices(graph.plan, spec.decoder.opaque === true),
        },
      ]),
    )
  }

  /** The entry at hand is left at its next slice, for good: nothing follows from it, and the graph is not at rest any more. */
  leave(): void {
    this.#leaving = true
  }

  /** What an entry of this source has to say of its slices, so that a replay cuts it in the same way. */
  sliceOf(source: string): number | undefined {
    return this.#readings.get(source)?.slices.next
  }

  /** False: it was left half done. @throws MR410 what an operator threw: the run is broken then. MR168 an entry of a source that the job does not have. */
  async chunk({ entry, source, clock, chunk, retryOf, slice }: ChunkEntry): Promise<boolean> {
    const { origins, ids, counts } = this.#memory
    const reading = this.#readings.get(source)
    if (!reading) throw new MillraceError('MR168', `the job '${this.#graph.job}' has no source '${source}'`)
    this.#memory.entry = entry
    if (chunk.presettled !== undefined) this.#memory.addPresettled(source, chunk.presettled)
    if (chunk.position !== undefined) this.#memory.positionsOf(source).set(chunk.partition, chunk.position)
    counts.received += chunk.length
    // A letter's id was taken note of when it first came, and its message has not counted.
    const seen = retryOf === undefined ? reading.identity && ids.judge(source, reading.identity, chunk, clock.stream, entry) : undefined
    counts.duplicate += seen?.duplicates ?? 0
    counts.idReused += seen?.reused ?? 0
    const { slices } = reading
    slices.begin(slice)
    const origin = origins.of(source, chunk.partition)
    const rows = new DecodedRows()
    this.#guarded(() => this.#graph.begin(entry))
    for (const { omit, messages } of chunkPieces(chunk.length, seen?.omit, () => slices.messages)) {
      if (this.#turn.isOver && (await this.#mustLeave())) return false
      const began = this.#turn.ms
      const decoded = reading.decoder.decode(chunk, omit)
      const ms = this.#turn.ms - began
      slices.decoded(messages, ms)
      this.#graph.decoded(source, messages, ms)
      counts.skipped += decoded.skipped
      rows.add(decoded)
      const batch = arrivalBatch(decoded, origin, { ...clock, frozen: false })
      let from = 0
      do {
        if (this.#turn.isOver && (await this.#mustLeave())) return false
        from = this.#pushSlice(source, batch, from, slices)
      } while (from < batch.length)
    }
    if (retryOf !== undefined) this.#to.retried?.({ entry, id: retryOf, at: clock.wall })
    this.#end(entry, clock.wall, chunk, source, rows)
    return true
  }

  /** Between two slices others have their turn, in which they may call for an end. */
  async #mustLeave(): Promise<boolean> {
    await this.#turn.give()
    return this.#leaving
  }

  /** Gives the first row of the next slice. */
  #pushSlice(source: string, batch: Batch, from: number, slices: SourceSlices): number {
    const to = Math.min(from + slices.rows, batch.length)
    const slice = to - from === batch.length ? batch : batch.slice(from, to)
    const began = this.#turn.ms
    this.#guarded(() => this.#graph.push(source, slice))
    slices.pushed(to - from, this.#turn.ms - began)
    return to
  }

  /** Time alone: timers fire, quiet windows close. */
  time({ entry, what, sources, wall, stream, partitions }: TimeEntry): void {
    const { origins } = this.#memory
    this.#memory.entry = entry
    const watermark = timeWatermarks[what](wall)
    if (what === 'hello') this.#memory.ended.clear()
    if (what === 'end') for (const source of sources) this.#memory.ended.add(source)
    this.#guarded(() => this.#graph.begin(entry))
    for (const source of sources) {
      if (what === 'hello') origins.of(source, 0)
      for (const origin of origins.ofSource(source)) {
        const clock: Clock = { wall, stream, partition: partitions.get(origin) ?? 0, frozen: false }
        this.#guarded(() => this.#graph.push(source, timeBatch(origin, clock, watermark)))
      }
    }
    this.#end(entry, wall, undefined, '', undefined)
  }

  #end(entry: number, at: number, chunk: Chunk | undefined, source: string, decoded: DecodedRows | undefined): void {
    const { outputs, rejections, late } = this.#guarded(() => this.#graph.end())
    let index = 0
    const refused = new Set<number>()
    for (const rejection of decoded?.rejected ?? []) {
      const { code, path, message } = rejection
      refused.add(message)
      const reason = this.#at(source, chunk!, message, withStack(rejection))
      const own = originalOf(chunk!, message, rowsOfMessage(decoded!, message) === 0, rejection.cut)
      this.#to.refused(entry, index++, { source, code, reason, path, at, ...own })
    }
    for (const rejection of rejections) {
      if (rejection.message !== undefined) {
        // One message, one letter: two operators may refuse the rows that it became.
        if (refused.has(rejection.message)) continue
        refused.add(rejection.message)
      }
      this.#to.refused(entry, index++, this.#refusedRow(rejection, at, chunk, source, decoded))
    }
    const { counts } = this.#memory
    counts.deadLettered += refused.size
    for (const batch of outputs) counts.results += batch.length
    this.#to.outputs(entry, outputs)
    if (late.length > 0) this.#to.late?.(entry, late)
  }

  #refusedRow(rejection: RowRejection, at: number, chunk: Chunk | undefined, source: string, decoded: DecodedRows | undefined): Refused {
    const { code, node, message } = rejection
    const whole = (of: number): boolean => this.#undivided.has(node) && rowsOfMessage(decoded!, of) === 1
    const own = chunk && message !== undefined ? originalOf(chunk, message, whole(message)) : { bytes: this.#utf8.encode(rejection.row) }
    return { source: rejection.source || source, code, reason: withStack(rejection), path: node, at, ...own }
  }

  #at(source: string, chunk: Chunk, message: number, reason: string): string {
    const place = this.#readings.get(source)?.placeOf?.(chunk, message) ?? (chunk.lines && `line ${chunk.lines[message]}`)
    return place === undefined ? reason : `${place}: ${reason}`
  }

  #guarded<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (error instanceof MillraceError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new MillraceError('MR410', `an operator of '${this.#graph.job}' threw: ${reason}`, {
        cause: error,
        notes: error instanceof Error && error.stack ? error.stack.split('\n').slice(1, 5) : [],
      })
    }
  }
}

/** A message as it came in; `whole`: nothing of it has counted. `cut`: only its beginning is here. */
function originalOf(chunk: Chunk, message: number, whole: boolean, cut = false): Pick<Refused, 'bytes' | 'sample' | 'message'> {
  const { encoding, partition, head = 0 } = chunk
  const original: OriginalMessage = { encoding, partition, whole, ...(cut && { cut }), ...(head > 0 && { head: headOf(chunk, head) }) }
  const bytes = chunk.bytes.subarray(chunk.starts[message]!, chunk.ends[message]!)
  return { bytes, sample: messageSample(chunk, message), message: original }
}

function headOf({ bytes, starts }: Chunk, length: number): string {
  const end = starts[0]!
  return Buffer.from(bytes.subarray(end - length, end)).toString('base64')
}

const withStack = ({ reason, stack }: { readonly reason: string; readonly stack?: string }): string =>
  stack === undefined ? reason : `${reason}\n${stack}`
