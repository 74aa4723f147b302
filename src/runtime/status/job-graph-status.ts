import type { GraphNode, JobGraph } from '../../model/api.js'
import { describeNode } from '../../plan/describe-node.js'
import type { PlanNode } from '../../plan/plan.js'
import { printMermaid } from '../../plan/print-mermaid.js'
import type { SinkLane } from '../flow/sink-lane.js'
import { sinkNode } from '../flow/sink-node.js'
import type { JobRunner } from '../job-runner.js'
import type { JobStatus } from './job-status.js'

/** Real ms that a sink may take before it counts as holding the job back. */
const held = 1_000

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
  if (!waiting || at - waiting.since < held) return undefined
  return { for: waiting.for, since: runner.clock.wall - (at - waiting.since) }
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

function fullDiskOf({ store, deadLetters }: JobRunner): string | undefined {
  const { failing } = store?.durability.journal ?? {}
  if (failing !== undefined) return `The sources wait for the journal: ${failing}`
  return deadLetters.failing === undefined ? undefined : `The sources wait for the file of dead letters: ${deadLetters.failing}`
}

/** A disk that takes nothing, or else a sink that makes the sources wait, or else a source without its peer, or else a node that needs a whole core. */
function culpritOf({ runner }: JobStatus, nodes: readonly GraphNode[], at: number): JobGraph['culprit'] {
  const full = fullDiskOf(runner)
  const source = runner.graph.sources[0]
  if (full !== undefined && source) return { node: source.id, sentence: full }
  let slowest: { readonly id: string; readonly pending: number; readonly for: string; readonly waits: number } | undefined
  for (const lane of runner.outbox.lanes.values()) {
    const id = sinkNode(lane.sink)
    const { pending, waiting } = lane.status()
    const waits = waiting ? at - waiting.since : 0
    if (waiting && waits >= held && (!slowest || pending > slowest.pending)) slowest = { id, pending, for: waiting.for, waits }
  }
  if (slowest) {
    const effect = runner.outbox.full ? 'the sources wait' : `${slowest.pending.toLocaleString('en')} rows wait`
    return {
      node: slowest.id,
      sentence: `${slowest.id.replace(/^.*?:/, '')} has waited ${Math.round(slowest.waits / 1000)} s for ${slowest.for}; ${effect}`,
    }
  }
  const away = runner.feeds.find(feed => feed.state !== 'ended' && at - (feed.status().downSince ?? at) >= held && !feed.status().connected)
  if (away) return { node: away.source.id, sentence: `${away.source.id} is not connected: ${away.status().detail}` }
  const busiest = nodes.reduce<GraphNode | undefined>((most, node) => (!most || node.busy > most.busy ? node : most), undefined)
  if (!busiest || busiest.busy < 0.8) return undefined
  return { node: busiest.id, sentence: `${busiest.id} takes ${Math.round(busiest.busy * 100)} % of one core` }
}
