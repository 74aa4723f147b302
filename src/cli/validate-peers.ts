import type { CheckResult, ConnectorContext } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import { catalogue, type ErrorCode } from '../model/errors/catalogue.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { terminalLog } from './terminal-log.js'
import { fine, outsideFault, type Reported } from './validate-finding.js'

const timeoutMs = 3_000

/** Every peer of a job is asked at once; each has its own time limit. `strict`: one that is away is an error. */
export async function validatePeers(graph: Graph, strict: boolean): Promise<readonly Reported[]> {
  const context = (id: string): ConnectorContext => ({
    job: graph.job,
    id,
    time: systemTime,
    random: systemRandom,
    log: terminalLog({ json: false, quiet: true }),
    env: process.env,
    embeddedNode: undefined,
    bufferBytes: 2 ** 20,
  })
  const embedded = (uses: boolean): boolean => uses && !process.env['MILLRACE_AMQP_URL']
  const asked = [...graph.sources.map(({ id, spec }) => ({ id, spec })), ...graph.sinks.map(({ id, spec }) => ({ id, spec }))]
    .filter(({ spec }) => spec.connector !== 'view')
    .map(async ({ id, spec }): Promise<readonly Reported[]> => {
      const name = `${graph.job}/${id}`
      if (embedded(spec.usesEmbeddedNode)) return [fine(name, `${name}: will use the embedded AMQP node`)]
      const results = await spec.check(context(id), timeoutMs)
      return results.map(result => reported(name, result, strict))
    })
  return (await Promise.all(asked)).flat()
}

function reported(name: string, result: CheckResult, strict: boolean): Reported {
  const { ok, message, code, severity, notes, hint } = result
  if (ok) return fine(name, `${name}: ${message}`)
  const known = code !== undefined && Object.hasOwn(catalogue, code) ? (code as ErrorCode) : undefined
  return outsideFault(name, severity === 'warning' && !strict ? 'warning' : 'error', `${name}: ${message}`, known, { notes, hint })
}
