import { encodeMessage, type OutgoingMessage } from '../../src/amqp/encode-message.js'
import type { Decoder, Rejection } from '../../src/codecs/decoder.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { Graph, Job } from '../../src/job/graph.js'
import type { Chunk } from '../../src/model/chunk.js'
import { valueAt } from '../../src/model/columns.js'
import { arrivalBatch, timeBatch } from '../../src/runtime/flow/chunk-batch.js'

/** A result as it leaves the graph: sink, computed address where there is one, then its fields. */
export type Row = Readonly<Record<string, unknown>>

/** A job whose entries a test gives itself: encoded messages through the job's own decoder, on a clock of the test. */
export class DrivenJob {
  readonly refused: (Pick<Rejection, 'code' | 'reason'> & { readonly source: string })[] = []
  readonly #graph: Graph
  readonly #decoders: ReadonlyMap<string, Decoder>
  readonly #origins = new Map<string, number>()
  #entry = 0
  #now: number

  /** @param now the clock at the start, ms since the epoch. */
  constructor(job: Job, now: number) {
    this.#now = now
    this.#graph = job.start({ bounded: false })
    this.#decoders = new Map(this.#graph.sources.map(({ id, spec, use }) => [id, spec.decoder.compile(use)]))
    for (const [i, { id }] of this.#graph.sources.entries()) this.#origins.set(id, i)
    this.#alone(Number.NEGATIVE_INFINITY)
  }

  /** Messages of one source that arrive together, now. Gives the results that they caused. */
  send(source: string, messages: readonly OutgoingMessage[]): readonly Row[] {
    const decoded = this.#decoders.get(source)!.decode(chunkOf(messages))
    for (const { code, reason } of decoded.rejected) this.refused.push({ source, code, reason })
    this.#graph.begin(++this.#entry)
    this.#graph.push(source, arrivalBatch(decoded, this.#origins.get(source)!, this.#clock()))
    return this.#end()
  }

  /** Lets the clock go on to `at`; timers fire in their turn. */
  pass(at: number): readonly Row[] {
    const rows: Row[] = []
    while (this.#now < at) {
      const due = this.#now + Math.max(1, Math.ceil(this.#graph.deadline()))
      this.#now = Math.min(at, due)
      if (this.#now === due || this.#now === at) rows.push(...this.#alone(this.#now - 1))
    }
    return rows
  }

  #clock() {
    return { wall: this.#now, stream: this.#now, partition: this.#now, frozen: false }
  }

  #alone(watermark: number): readonly Row[] {
    this.#graph.begin(++this.#entry)
    for (const [source, origin] of this.#origins) this.#graph.push(source, timeBatch(origin, this.#clock(), watermark))
    return this.#end()
  }

  #end(): readonly Row[] {
    const { outputs, rejections } = this.#graph.end()
    for (const { source, code, reason } of rejections) this.refused.push({ source, code, reason })
    return outputs.flatMap(rowsOf)
  }
}

function rowsOf(output: OutputBatch): Row[] {
  return Array.from({ length: output.length }, (_, i) => {
    const row: Record<string, unknown> = { result: output.sink }
    const address = output.computed['address']
    if (address) row['address'] = valueAt(address, i)
    for (const { name } of output.schema) row[name] = valueAt(output.columns[name]!, i)
    return row
  })
}

function chunkOf(messages: readonly OutgoingMessage[]): Chunk {
  const encoded = messages.map(encodeMessage)
  const ends: number[] = []
  let end = 0
  for (const { length } of encoded) {
    end += length
    ends.push(end)
  }
  return {
    encoding: 'amqp',
    partition: 0,
    bytes: Buffer.concat(encoded),
    starts: Int32Array.from(ends, (at, i) => at - encoded[i]!.length),
    ends: Int32Array.from(ends),
    length: messages.length,
    receipt: 0,
  }
}
