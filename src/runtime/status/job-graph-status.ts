import type { GraphNode, JobGraph } from '../../model/api.js'
import { describeNode } from '../../plan/describe-node.js'
import type { PlanNode } from '../../plan/plan.js'
import { printMermaid } from '../../plan/print-mermaid.js'
import type { SinkLane } from '../flow/sink-lane.js'
import { sinkNode } from '../flow/sink-node.js'
import type { JobRunner } from '../job-runner.js'
import { culpritOf, heldMs, silentMs } from './culprit.js'
import type { JobStatus } from './job-status.js'

/** The job's graph as status pages draw it; `at` is real monotonic ms, `wall` the job's clock. */
export function jobGraphOf(status: JobStatus, at: number): JobGraph {
  const { runner, rates } = status
  const { plan } = runner.graph
  const metrics = runner.graph.metrics()
  const nodes = plan.nodes.map((node): GraphNode => {
    const done = metrics.get(node.id)
    const watermark = done?.watermark ?? Number.NEGATIVE_INFINITY
    const busy = rates.rate(`busy ${node.id}`, at, done?.busyNs ?? 0) / 1e9
    const waiting = waitingOf(status, node.id, at)
    const silentSince = silentSinceOf(status, node, at)
    return {
      id: node.id,
      kind: node.kind,
      op: node.op,
      detail: detailOf(status, node, done?.keys),
      rowsIn: done?.rowsIn ?? 0,
      rowsOut: done?.rowsOut ?? 0,
      watermark: Number.isFinite(watermark) ? watermark : null,
      idle: done?.idle ?? false,
      busy: Math.min(1, busy),
      counters: { ...done?.counters },
      ...(waiting && { waiting }),
      ...(silentSince !== undefined && { silentSince }),
    }
  })
  const edges = plan.nodes.flatMap(node =>
    node.inputs.map(input => {
      const from = input.split('/')[0]!
      // A node with one input took in what flowed on that edge, side ports too.
      const single = node.inputs.length === 1
      const rate = single
        ? rates.rate(`in ${node.id}`, at, metrics.get(node.id)?.rowsIn ?? 0)
        : rates.rate(`out ${from}`, at, metrics.get(from)?.rowsOut ?? 0)
      return { from, to: node.id, rate }
    }),
  )
  const culprit = culpritOf(status, nodes, at)
  return { job: runner.id, nodes, edges, mermaid: printMermaid(plan), ...(culprit && { culprit }) }
}

function waitingOf({ runner }: JobStatus, id: string, at: number): GraphNode['waiting'] {
  const waiting = laneOf(runner, id)?.status().waiting
  if (!waiting || at - waiting.since < heldMs) return undefined
  return { for: waiting.for, since: runner.clock.wall - (at - waiting.since) }
}

/** Of a source that is connected and gives nothing. */
function silentSinceOf({ runner, flow }: JobStatus, { id, kind }: PlanNode, at: number): number | undefined {
  const feed = kind === 'source' ? runner.feeds.find(({ source }) => source.id === id) : undefined
  const silence = at - (flow.rowsAt(id) ?? at)
  return feed?.state === 'asking' && silence >= silentMs ? runner.clock.wall - silence : undefined
}

/** The lane of a sink's node. */
const laneOf = (runner: JobRunner, id: string): SinkLane | undefined =>
  [...runner.outbox.lanes.values()].find(({ sink }) => sinkNode(sink) === id)

function detailOf({ runner }: JobStatus, node: PlanNode, keys: number | undefined): string {
  const feed = runner.feeds.find(({ source }) => source.id === node.id)
  if (feed) return feed.status().detail
  const lane = laneOf(runner, node.id)
  const parts: string[] = []
  if (lane) parts.push(lane.status().detail)
  else parts.push(describeNode(node))
  if (keys !== undefined) parts.push(`${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}`)
  return parts.filter(part => part !== '').join(' · ')
}
