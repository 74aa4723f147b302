import pc from 'picocolors'
import type { JobGraph } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { instantText } from '../model/instant-text.js'
import { printable } from '../model/printable.js'
import type { TapEvent } from '../model/tap-event.js'
import type { InspectApi } from './inspect-api.js'
import { countText } from './inspect-format.js'
import { readInspected } from './inspect-read.js'
import { onShutdown } from './shutdown.js'
import { writeOut } from './write-out.js'

export interface InspectTapOptions {
  readonly tap: string
  readonly rows?: number
  readonly json?: boolean
}

/**
 * `millrace inspect --tap FROM,TO`: a sample of what passes an edge, ten rows a second at most, until Ctrl-C, so many rows, or
 * the end of the job. Gives the exit code.
 *
 * @throws MR601, MR470 no such edge, MR471 too many taps, MR476, MR477, MR510
 */
export async function inspectTap(api: InspectApi, id: string | undefined, { tap, rows, json }: InspectTapOptions): Promise<number> {
  const [from, to, ...more] = tap.split(',').map(node => node.trim())
  if (!from || !to || more.length > 0) {
    throw new MillraceError('MR601', `--tap '${tap}' is no edge`, { hint: 'write two nodes of the graph: --tap readings,view:climate' })
  }
  const job = id ?? (await jobOfEdge(api, from, to))
  const end = new AbortController()
  const forget = onShutdown(() => end.abort())
  let left = rows ?? Number.POSITIVE_INFINITY
  const query = new URLSearchParams({ from, to })
  try {
    for await (const { event, data } of api.events(`/jobs/${encodeURIComponent(job)}/tap?${query}`, end.signal)) {
      if (event === 'end') {
        process.stderr.write(`${pc.dim((data as { readonly reason: string }).reason)}\n`)
        break
      }
      if (event !== 'tap') continue
      const sample = data as TapEvent
      const shown = { ...sample, rows: sample.rows.slice(0, left) }
      left -= shown.rows.length
      await writeOut(json ? `${JSON.stringify(shown)}\n` : sampleLines(shown))
      if (left <= 0) break
    }
  } finally {
    end.abort()
    forget()
  }
  return 0
}

/** Of several jobs the first that has both nodes. */
async function jobOfEdge(api: InspectApi, from: string, to: string): Promise<string> {
  const first = await readInspected(api, undefined)
  if (!first) throw new MillraceError('MR510', `no job runs at ${api.url}`)
  for (const job of first.jobs) {
    const { nodes } = job === first.job.id ? first.graph : await api.get<JobGraph>(`/jobs/${encodeURIComponent(job)}/graph`)
    if ([from, to].every(end => nodes.some(node => node.id === end))) return job
  }
  return first.job.id
}

function sampleLines({ rows, passed }: TapEvent): string {
  const lines = rows.map(({ eventTime, row, withdrawn }) => {
    const fields = Object.entries(row).map(([name, value]) => `${pc.dim(`${printable(name)}=`)}${printable(fieldText(value))}`)
    return `${instantText(eventTime)}  ${withdrawn ? `${pc.yellow('withdrawn')}  ` : ''}${fields.join('  ')}\n`
  })
  const others = passed - rows.length
  if (others > 0) lines.push(pc.dim(`  ${countText(others)} more passed\n`))
  return lines.join('')
}

const fieldText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
