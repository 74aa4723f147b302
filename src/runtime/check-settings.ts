import type { ConnectorContext } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import { asMillraceError } from './as-millrace-error.js'
import { connectorContext, type JobRunnerOptions } from './job-runner-options.js'

/** What connectors warn of they say once, when they are opened. */
const unheard: Log = { info() {}, warn() {}, error() {} }

/**
 * What is wrong with the options and the environment of a job's sources and sinks, before anything is opened or touched.
 *
 * @throws all of it at once, such as MR304 and MR320; each names its source or sink.
 */
export function checkSettings({ sources, sinks }: Graph, options: JobRunnerOptions): void {
  // Who drains opens no source.
  const errors = [...(options.drainOnly ? [] : sources), ...sinks].flatMap(({ id, spec }) => {
    const context: ConnectorContext = { ...connectorContext(options, id), log: unheard }
    try {
      spec.checkSettings?.(context)
      return []
    } catch (error) {
      return asMillraceError(error, options.job.id)
        .each()
        .map(one => of(one, id, options.job.id))
    }
  })
  const [first, ...others] = errors
  if (first) throw MillraceError.together([first, ...others])
}

/** An error that says whose it is: a variable may be asked for by several, and a certificate has no name. */
function of(error: MillraceError, id: string, job: string): MillraceError {
  const { code, message, place, notes, hint, cause } = error
  if (message.includes(`'${id}'`)) return error.with({ others: [] })
  return new MillraceError(code, `'${id}' of job '${job}': ${message}`, { ...(place && { place }), notes, hint, cause })
}
