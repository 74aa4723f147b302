import type { OutputBatch } from '../../connector/sink.js'
import type { Graph, Job, RowRejection } from '../../job/graph.js'
import type { Clock } from '../../model/clock.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { asMillraceError } from '../as-millrace-error.js'
import { timeBatch } from '../flow/chunk-batch.js'
import { lateRows } from '../letters/late-rows.js'
import { type BoundedFile, BoundedInput, type BoundedLetter, letterOf } from './bounded-input.js'
import { timeFieldOf } from './time-field.js'

const longestPush = 4_096

export interface BoundedOptions {
  readonly job: Job
  /** A file for each source of the job, by source id. */
  readonly files: ReadonlyMap<string, BoundedFile>
  /** Outputs in order, as soon as they leave the graph; its promise holds the reading back. */
  readonly onOutput: (output: OutputBatch) => void | Promise<void>
  readonly onDeadLetter: (letter: BoundedLetter) => void
  /** Receives the lines of `debug` operators. */
  readonly debug?: (line: string) => void
}

export interface BoundedResult {
  readonly rows: number
  /** Rows that no window took: their event time was behind the watermark. */
  readonly late: number
  readonly deadLettered: number
  readonly results: number
}

/**
 * Runs a job over files, as fast as it goes: rows of several files in the order of their event times, both clocks
 * frozen at the first row's time, every window fired at the end. No source, sink or view is opened. The same files give
 * the same outputs.
 *
 * @throws MR431 a source without a file or a file without a source, MR432 no event time; what an operator threw.
 */
export async function runBounded(options: BoundedOptions): Promise<BoundedResult> {
  const { job, files } = options
  try {
    const graph = job.start({ bounded: true, ...(options.debug && { debug: options.debug }) })
    checkBindings(graph, files)
    const inputs = graph.sources.map((source, origin) => {
      const file = files.get(source.id)!
      return new BoundedInput(source, origin, file, timeFieldOf(graph, source, file.timeField))
    })
    return await new BoundedRun(graph, inputs, options).run()
  } catch (error) {
    throw asMillraceError(error, job.id)
  } finally {
    await Promise.allSettled([...files.values()].map(file => file.reader.close('release')))
  }
}

function checkBindings(graph: Graph, files: ReadonlyMap<string, BoundedFile>): void {
  const ids = graph.sources.map(source => source.id)
  const unbound = ids.filter(id => !files.has(id))
  if (unbound.length > 0)
    throw new MillraceError('MR431', `no file is bound to ${unbound.map(id => `'${id}'`).join(', ')} of '${graph.job}'`)
  for (const id of files.keys()) {
    if (ids.includes(id)) continue
    throw new MillraceError('MR431', `the job '${graph.job}' has no source '${id}'`, { hint: `its sources are ${ids.join(', ')}` })
  }
}

class BoundedRun {
  readonly #graph: Graph
  readonly #inputs: readonly BoundedInput[]
  readonly #options: BoundedOptions
  #entry = 0
  #rows = 0
  #deadLettered = 0
  #results = 0

  constructor(graph: Graph, inputs: readonly BoundedInput[], options: BoundedOptions) {
    this.#graph = graph
    this.#inputs = inputs
    this.#options = options
  }

  async run(): Promise<BoundedResult> {
    for (const input of this.#inputs) await input.fill(this.#refuse)
    const first = Math.min(...this.#inputs.map(input => input.nextTime))
    // Nothing but the rows moves time: early results, quiet closing and skew checks have no clock to run on.
    const start = Number.isFinite(first) ? first : 0
    const clock: Clock = { wall: start, stream: 0, partition: 0, frozen: true }
    await this.#time(clock, Number.NEGATIVE_INFINITY)
    for (let input = this.#earliest(); input; input = this.#earliest()) {
      const others = Math.min(...this.#inputs.filter(other => other !== input).map(other => other.nextTime))
      this.#graph.begin(++this.#entry)
      const batch = input.take(others, longestPush, clock)
      this.#rows += batch.length
      this.#graph.push(input.source, batch)
      await this.#end(input)
      await input.fill(this.#refuse)
    }
    await this.#time(clock, Number.POSITIVE_INFINITY)
    return { rows: this.#rows, late: lateRows(this.#graph), deadLettered: this.#deadLettered, results: this.#results }
  }

  #earliest(): BoundedInput | undefined {
    let first: BoundedInput | undefined
    for (const input of this.#inputs) {
      if (input.nextTime < Number.POSITIVE_INFINITY && (!first || input.nextTime < first.nextTime)) first = input
    }
    return first
  }

  /** Time alone, to all sources: the first word and the last. */
  async #time(clock: Clock, watermark: number): Promise<void> {
    this.#graph.begin(++this.#entry)
    for (const { source, origin } of this.#inputs) this.#graph.push(source, timeBatch(origin, clock, watermark))
    await this.#end(undefined)
  }

  async #end(input: BoundedInput | undefined): Promise<void> {
    const { outputs, rejections } = this.#graph.end()
    for (const rejection of rejections) this.#refuse(refusedRow(rejection, input))
    for (const output of outputs) {
      this.#results += output.length
      await this.#options.onOutput(output)
    }
  }

  readonly #refuse = (letter: BoundedLetter): void => {
    this.#deadLettered++
    this.#options.onDeadLetter(letter)
  }
}

function refusedRow(rejection: RowRejection, input: BoundedInput | undefined): BoundedLetter {
  const { source, code, reason, message, stack, row } = rejection
  const letter =
    input?.chunk && message !== undefined
      ? letterOf(input.source, input.chunk, message, code, reason)
      : { source, code, reason, line: undefined, bytes: new TextEncoder().encode(row) }
  return stack === undefined ? letter : { ...letter, stack }
}
