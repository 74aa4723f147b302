import pc from 'picocolors'
import type { CheckResult, ConnectorContext } from '../connector/source.js'
import type { Graph } from '../job/graph.js'
import { explainCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { loadJob } from '../runtime/load/load-job.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { competingSources } from './competing-sources.js'
import { counted } from './counted.js'
import { errorText } from './print-error.js'
import { terminalLog } from './terminal-log.js'
import { typeCheck } from './type-check.js'
import { writeOut } from './write-out.js'

export interface ValidateOptions {
  readonly strict?: boolean
  readonly json?: boolean
}

interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  readonly job: string
  readonly message: string
  readonly code?: string
  /** `FILE:LINE:COLUMN`, where a job file is at fault. */
  readonly place?: string
  readonly hint?: string
}

const timeoutMs = 3_000

/** `millrace validate JOB…`: what `run` checks before it opens anything, then each peer. Gives the exit code. */
export async function validate(paths: readonly string[], options: ValidateOptions): Promise<number> {
  const findings: Finding[] = []
  const graphs: Graph[] = []
  const say = (finding: Finding, text?: string): void => {
    findings.push(finding)
    if (options.json) return
    const mark = { ok: pc.green('ok     '), warning: pc.yellow('warning'), error: pc.red('error  ') }[finding.level]
    const remedy = finding.hint === undefined ? '' : `\n  ${pc.dim('=')} try:  ${finding.hint}`
    process.stderr.write(text ? `${text}\n` : `${mark} ${finding.code ? `${pc.bold(finding.code)}  ` : ''}${finding.message}${remedy}\n`)
  }
  for (const path of paths) {
    try {
      const graph = (await loadJob(path)).job.start({ bounded: false })
      graphs.push(graph)
      const { nodes } = graph.plan
      say({
        level: 'ok',
        job: path,
        message: `${path}: job ${graph.job}, ${nodes.length} nodes, ${counted(graph.sources.length, 'source')}, ${counted(graph.sinks.length, 'view or sink', 'views and sinks')}`,
      })
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      const { message, code, hint, place } = error
      const at = place && { place: `${place.file}:${place.line}:${place.column}` }
      say({ level: 'error', job: path, message, code, hint, ...at }, errorText(error))
      continue
    }
    const types = await typeCheck(path)
    if (!types.checked) say({ level: 'ok', job: path, message: `${path}: types not checked: ${types.reason}` })
    else if (types.ok) say({ level: 'ok', job: path, message: `${path}: types` })
    else say({ level: 'error', job: path, message: `${path}: types\n${types.output}`, ...page('MR609') })
  }
  for (const { address, readers, wrong } of competingSources(graphs)) {
    const message = `${readers.join(' and ')} read the queue ${address}: each message reaches one of them`
    say({ level: wrong ? 'error' : 'warning', job: readers[1], message, ...page(wrong ? 'MR607' : 'MR608') })
  }
  for (const graph of graphs) for (const finding of await peers(graph, options.strict === true)) say(finding)
  const failed = findings.some(({ level }) => level === 'error')
  if (options.json) await writeOut(`${JSON.stringify({ ok: !failed, findings })}\n`)
  return failed ? 1 : 0
}

/** Every peer of a job is asked at once; each has its own time limit. */
async function peers(graph: Graph, strict: boolean): Promise<readonly Finding[]> {
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
    .map(async ({ id, spec }): Promise<readonly Finding[]> => {
      const name = `${graph.job}/${id}`
      if (embedded(spec.usesEmbeddedNode)) return [{ level: 'ok', job: name, message: `${name}: will use the embedded AMQP node` }]
      const results = await spec.check(context(id), timeoutMs)
      return results.map(result => finding(name, result, strict))
    })
  return (await Promise.all(asked)).flat()
}

function finding(name: string, { ok, message, code, severity }: CheckResult, strict: boolean): Finding {
  const level = ok ? 'ok' : severity === 'warning' && !strict ? 'warning' : 'error'
  return { level, job: name, message: `${name}: ${message}`, ...(code !== undefined && page(code)) }
}

/** A code with the remedy of its page. */
const page = (code: string): Pick<Finding, 'code' | 'hint'> => ({ code, hint: explainCode(code)?.remedy ?? '' })
