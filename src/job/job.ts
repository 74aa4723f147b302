import type { SourceSpec } from '../connector/source.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { GraphBuilder } from '../operators/builder.js'
import { readSource } from '../operators/read.js'
import type { Output, Stream } from '../operators/stream.js'
import type { Graph, GraphOptions, Job } from './graph.js'
import { RunningGraph } from './running-graph.js'

/** What a job function receives. */
export interface JobTools {
  /** Reads a source under an id that is unique in the job. */
  read<T>(id: string, source: SourceSpec<T>): Stream<T>
}

export const jobBrand = Symbol.for('millrace.job')

/**
 * A job: from sources through windows to views and sinks. The function runs once per run and returns what was written.
 *
 * @throws MR153 for an id that is none; what the function does wrong comes when the job is started or validated.
 * @example
 * export default job('room-climate', ({ read }) => {
 *   const readings = read('readings', amqp({ address: 'telemetry', decode: json(Reading) }))
 *   return [readings.pipe(into(view('latest')))]
 * })
 */
export function job(id: string, build: (tools: JobTools) => readonly Output[]): Job {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id)) throw new MillraceError('MR153', `'${id}' is not an id`)
  const declared = new Error(`job '${id}'`)
  const start = (options: GraphOptions): Graph => {
    const builder = new GraphBuilder({
      job: id,
      bounded: options.bounded,
      debug: options.debug ?? (() => undefined),
      ...(options.origin !== undefined && { origin: options.origin }),
      ...(options.elapsed && { elapsed: options.elapsed }),
    })
    try {
      const outputs = build({
        read: (name, source) => {
          if (typeof source?.open !== 'function') throw new MillraceError('MR165', `read('${name}', …) was given no source`)
          return readSource(builder, name, source)
        },
      })
      if (builder.errors.length === 0) checkOutputs(id, builder, outputs, declared)
    } catch (error) {
      // Behind an operator that was refused, code of the job may well stumble over its absence.
      if (error instanceof MillraceError) builder.errors.push(error)
      else if (builder.errors.length === 0) throw error
    }
    const [first, ...others] = builder.errors
    if (first) throw MillraceError.together([first, ...others])
    return new RunningGraph(id, builder)
  }
  return { [jobBrand]: true, id, start } as Job
}

/** True for what `job()` gives, also from another copy of this module. */
export const isJob = (value: unknown): value is Job => typeof value === 'object' && value !== null && jobBrand in value

/** @throws MR166, MR167, which come from where the job is `declared`: no line of the author's runs any more. */
function checkOutputs(id: string, builder: GraphBuilder, outputs: readonly Output[], declared: Error): void {
  const refuse = (code: 'MR166' | 'MR167', message: string, hint?: string): never => {
    throw Object.assign(new MillraceError(code, message, hint === undefined ? {} : { hint }), { stack: declared.stack })
  }
  const written = (output: Output): boolean => output?.builder === builder && builder.sinks.has(output.sink)
  if ((outputs as unknown) instanceof Promise) {
    const hint = 'take the word `async` away: a job function only describes the job, and the runtime does the waiting'
    refuse('MR166', `the function of the job '${id}' is async`, hint)
  }
  if (written(outputs as unknown as Output)) {
    const hint = 'write it in brackets: return [climate.pipe(into(…))]'
    refuse('MR166', `the job '${id}' returns one result without a list around it`, hint)
  }
  if (!Array.isArray(outputs) || outputs.length === 0) refuse('MR166', `the job '${id}' returns nothing that was written`)
  if (!outputs.every(written)) refuse('MR166', `the job '${id}' returns something that was not written with into(…)`)
  const returned = new Set([...outputs, ...builder.lateOutputs].map(output => output.sink))
  for (const sink of builder.sinks.keys()) {
    if (!returned.has(sink)) refuse('MR167', `'${sink}' is written but not returned by the job '${id}'`)
  }
}
