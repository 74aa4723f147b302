import type { Decoded, Decoder } from '../codecs/decoder.js'
import type { OutputBatch } from '../connector/sink.js'
import type { Graph, Job, RowRejection } from '../job/graph.js'
import { encodeState } from '../journal/state-codec.js'
import { decodeState } from '../journal/state-decoder.js'
import type { Batch } from '../model/batch.js'
import type { Chunk } from '../model/chunk.js'
import type { Clock } from '../model/clock.js'
import type { Columns } from '../model/columns.js'
import type { LateRow } from '../model/late-row.js'
import { arrivalBatch, timeBatch } from '../runtime/flow/chunk-batch.js'
import { IdSet } from '../runtime/identity/id-set.js'
import { MessageIdentity } from '../runtime/identity/message-identity.js'
import { messageSample } from '../runtime/letters/message-sample.js'
import { JobMemory } from '../runtime/status/job-memory.js'
import type { CutRows } from './cut-rows.js'

/** A message or row that did not get through, as `millrace dead-letters` would show it. */
export interface TestLetter {
  readonly source: string
  readonly code: string
  readonly reason: string
  /** The message's body, or the row as JSON. */
  readonly sample: string
}

/** What a run tells its test. */
export interface TestRunEvents {
  outputs(batch: OutputBatch): void
  letter(letter: TestLetter): void
  late(row: Omit<LateRow, 'job'>): void
}

interface Reading {
  /** Made when the first message comes: a source of rows alone has none. */
  readonly decoder: () => Decoder
  readonly identity: MessageIdentity | undefined
}

/**
 * A job's graph, decoders and memory on a clock that the test moves: what the pump does between a chunk and its outputs,
 * without journal, sinks and waiting.
 */
export class TestRun {
  now: number
  readonly job: Job
  readonly #cuts: CutRows
  readonly #events: TestRunEvents
  #graph: Graph
  #readings: ReadonlyMap<string, Reading>
  #memory = newMemory()

  constructor(job: Job, now: number, cuts: CutRows, events: TestRunEvents) {
    this.job = job
    this.now = now
    this.#cuts = cuts
    this.#events = events
    this.#graph = job.start({ bounded: false })
    this.#readings = readingsOf(this.#graph)
    for (const { id } of this.#graph.sources) this.#memory.origins.of(id, 0)
    this.time(Number.NEGATIVE_INFINITY)
  }

  get graph(): Graph {
    return this.#graph
  }

  get counts(): JobMemory['counts'] {
    return this.#memory.counts
  }

  /** Messages of one source partition that arrive now. */
  chunk(source: string, chunk: Chunk): void {
    const { decoder, identity } = this.#readings.get(source)!
    const { counts, ids } = this.#memory
    const clock = this.#begin()
    counts.received += chunk.length
    const judged = identity && ids.judge(source, identity, chunk, clock.stream, this.#memory.entry)
    counts.duplicate += judged?.duplicates ?? 0
    counts.idReused += judged?.reused ?? 0
    const decoded = decoder().decode(chunk, judged?.omit)
    counts.skipped += decoded.skipped
    const refused = new Set(decoded.rejected.map(({ message }) => message))
    for (const { code, reason, message } of decoded.rejected) this.#letter(source, code, reason, messageSample(chunk, message))
    this.#push(source, arrivalBatch(decoded, this.#memory.origins.of(source, chunk.partition), clock))
    this.#end(({ message, row }) => {
      if (message === undefined) return row
      // One message, one letter: two operators may refuse the rows that it became.
      if (refused.has(message)) return undefined
      refused.add(message)
      return messageSample(chunk, message)
    })
  }

  /** Rows of one source partition that arrive now, past the decoder. */
  rows(source: string, partition: number, length: number, columns: Columns): void {
    const clock = this.#begin()
    const messages = Int32Array.from({ length }, (_, i) => i)
    const decoded: Decoded = { length, columns, messages, rejected: [], skipped: 0 }
    this.#memory.counts.received += length
    this.#push(source, arrivalBatch(decoded, this.#memory.origins.of(source, partition), clock))
    this.#end(({ row }) => row)
  }

  /** Lets the clock go on to `until`; timers fire in their turn. */
  advance(until: number): void {
    while (this.now < until) {
      this.now = Math.min(until, this.now + Math.max(1, Math.ceil(this.#graph.deadline())))
      this.time(this.now - 1)
    }
  }

  /** Time alone, to all partitions. */
  time(watermark: number): void {
    const clock = this.#begin()
    const { origins } = this.#memory
    for (const source of origins.sources()) {
      for (const origin of origins.ofSource(source)) this.#graph.push(source, timeBatch(origin, clock, watermark))
    }
    this.#end(({ row }) => row)
  }

  /** A new process takes over: everything is made anew from the job file and the bytes of the old one's snapshot. */
  restart(): void {
    const saved = decodeState(Buffer.concat([...encodeState(this.#graph.snapshot())]))
    const { ids, origins, counts, entry, ended } = this.#memory
    const { state, side } = ids.snapshot()
    const memory = newMemory()
    const clock = { wall: this.now, stream: this.now, partitions: {} }
    const kept = { graph: saved, clock, ids: state, origins: origins.state(), counts: { ...counts }, ended: [...ended] }
    memory.restore(entry, { ...kept, views: {}, unshown: [], outputs: [], letters: [] }, [side])
    this.#graph = this.job.start({ bounded: false })
    this.#graph.restore(saved)
    this.#readings = readingsOf(this.#graph)
    this.#memory = memory
  }

  #begin(): Clock {
    this.#graph.begin(++this.#memory.entry)
    return { wall: this.now, stream: this.now, partition: this.now, frozen: false }
  }

  #push(source: string, batch: Batch): void {
    let from = 0
    for (const to of [...this.#cuts(batch.length), batch.length]) {
      if (to <= from && from > 0) continue
      this.#graph.push(source, from === 0 && to === batch.length ? batch : batch.slice(from, to))
      from = to
    }
  }

  /** `sample` shows what was refused, or is undefined where it has been told of already. */
  #end(sample: (rejection: RowRejection) => string | undefined): void {
    const { outputs, rejections, late } = this.#graph.end()
    for (const row of late) this.#events.late(row)
    for (const rejection of rejections) {
      const shown = sample(rejection)
      if (shown !== undefined) this.#letter(rejection.source, rejection.code, rejection.reason, shown)
    }
    for (const batch of outputs) {
      this.#memory.counts.results += batch.length
      this.#events.outputs(batch)
    }
  }

  #letter(source: string, code: string, reason: string, sample: string): void {
    this.#memory.counts.deadLettered++
    this.#events.letter({ source, code, reason, sample })
  }
}

const newMemory = (): JobMemory => new JobMemory(new IdSet({ key: 1 }))

const readingsOf = (graph: Graph): ReadonlyMap<string, Reading> =>
  new Map(
    graph.sources.map(({ id, spec, use }) => {
      let compiled: Decoder | undefined
      const decoder = (): Decoder => {
        compiled ??= spec.decoder.compile(use)
        return compiled
      }
      return [id, { decoder, identity: spec.id && new MessageIdentity(spec.id) }]
    }),
  )
