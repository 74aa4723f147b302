import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { InspectApi } from './inspect-api.js'
import { inspectLines } from './inspect-lines.js'
import { InspectLive } from './inspect-live.js'
import { type Inspected, readInspected } from './inspect-read.js'
import { inspectTap } from './inspect-tap.js'
import { inspectUrl } from './inspect-url.js'
import { writeOut } from './write-out.js'

/** Where no terminal says how wide it is. */
const plainWidth = 200

export interface InspectOptions {
  readonly url?: string
  readonly tap?: string
  readonly rows?: number
  readonly once?: boolean
  readonly json?: boolean
}

/**
 * `millrace inspect [JOB]`: how a job fares, as a live table on a terminal, else, or with `--once`, as it is now; with `--tap`
 * what passes an edge. Gives the exit code.
 *
 * @throws MR510 no such job, MR470, MR471, MR476, MR477, MR601
 */
export async function inspect(job: string | undefined, options: InspectOptions): Promise<number> {
  const api = new InspectApi(inspectUrl(options.url))
  const { tap, rows, once, json } = options
  if (tap !== undefined) return inspectTap(api, job, { tap, ...(rows !== undefined && { rows }), ...(json && { json }) })
  if (rows !== undefined) throw new MillraceError('MR601', '--rows counts those of a tap', { hint: 'say which: --tap FROM,TO --rows 10' })
  const first = await readInspected(api, job)
  if (!first) {
    process.stderr.write(`${pc.dim(`no job runs at ${api.url}`)}\n`)
    return 0
  }
  if (!json && !once && process.stdout.isTTY) {
    await new InspectLive(api, first).run()
    return 0
  }
  const others = job === undefined ? first.jobs.slice(1) : []
  for (const one of [first, ...(await Promise.all(others.map(id => readInspected(api, id))))])
    if (one) await writeOut(textOf(one, json === true))
  return 0
}

function textOf(seen: Inspected, json: boolean): string {
  const { job, graph } = seen
  if (json) return `${JSON.stringify({ job, graph })}\n`
  const { above, head, nodes } = inspectLines(seen, process.stdout.columns || plainWidth)
  return `${[...above, '', head, ...nodes].join('\n')}\n`
}
