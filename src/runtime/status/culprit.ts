import type { GraphNode, JobGraph } from '../../model/api.js'
import { sinkNode } from '../flow/sink-node.js'
import type { SourceFeed } from '../flow/source-feed.js'
import type { JobStatus } from './job-status.js'
import { sourcesAbove } from './sources-above.js'

type Culprit = NonNullable<JobGraph['culprit']>

/** Real ms that a sink may take, or a source be away, before it counts as holding the job back. */
export const heldMs = 1_000
/** Real ms without a row after which a source counts as silent, where others flow and wait for it. */
export const silentMs = 5_000
/** Real ms that rates must cover before they accuse anybody: the first of a run are those of code that is being compiled. */
const certainMs = 3_000
/** Share of the time in which a job that keeps up has nothing to do. */
const leastRest = 0.1
/** Share of a core from which an operator can bound the flow, however busy the process is with other things. */
const leastBusy = 0.3
/**
 * What a row may cost an operator, µs: more, and it alone keeps the job below 20,000 rows a second. Windows, expressions and
 * plain functions take 0.1 to 3 µs, ten times that while they are compiled: a sound job at full load names nobody.
 */
const slowRowUs = 50
/** Share of its memory at which the outbox bounds the flow. */
const nearlyFull = 0.8

/** Who holds the flow of a job back, the gravest first; `at` is real monotonic ms. Undefined: nobody. */
export function culpritOf(status: JobStatus, nodes: readonly GraphNode[], at: number): Culprit | undefined {
  return (
    fullDisk(status) ??
    stoppedSink(status, at) ??
    slowSink(status) ??
    absentSource(status, at) ??
    slowOperator(status, nodes, at) ??
    silentSource(status, at)
  )
}

function fullDisk({ runner: { store, deadLetters, graph } }: JobStatus): Culprit | undefined {
  const source = graph.sources[0]
  const journal = store?.durability.journal.failing
  const letters = deadLetters.failing
  if (!source || (journal ?? letters) === undefined) return undefined
  const what = journal === undefined ? `the file of dead letters: ${letters}` : `the journal: ${journal}`
  return { node: source.id, sentence: `The sources wait for ${what}` }
}

const title = (node: string): string => node.replace(/^.*?:/, '')
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
const rows = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'row waits' : 'rows wait'}`

/** The sink with most rows of those that have taken nothing for a while. */
function stoppedSink({ runner: { outbox } }: JobStatus, at: number): Culprit | undefined {
  let most: { readonly node: string; readonly pending: number; readonly sentence: string } | undefined
  for (const lane of outbox.lanes.values()) {
    const { pending, waiting } = lane.status()
    if (!waiting || at - waiting.since < heldMs || (most && pending <= most.pending)) continue
    const node = sinkNode(lane.sink)
    const effect = outbox.full ? 'the sources wait' : rows(pending)
    most = { node, pending, sentence: `${title(node)} has waited ${seconds(at - waiting.since)} for ${waiting.for}; ${effect}` }
  }
  return most && { node: most.node, sentence: most.sentence }
}

/** A sink that takes rows, and fewer than there are. */
function slowSink({ runner: { outbox } }: JobStatus): Culprit | undefined {
  if (outbox.bytes < nearlyFull * outbox.maxBytes) return undefined
  const [most] = [...outbox.lanes.values()].sort((a, b) => b.pendingRows - a.pendingRows)
  if (!most || most.pendingRows === 0) return undefined
  const node = sinkNode(most.sink)
  return { node, sentence: `${title(node)} is slow: ${rows(most.pendingRows)}; upstream waits` }
}

function absentSource(status: JobStatus, at: number): Culprit | undefined {
  for (const feed of status.runner.feeds) {
    const { connected, downSince, detail } = feed.status()
    if (feed.state === 'ended' || connected || at - (downSince ?? at) < heldMs) continue
    const { id } = feed.source
    const joint = waitingJoint(status, id, at)
    return { node: id, sentence: `${id} is not connected: ${detail}${joint === undefined ? '' : `; ${joint} waits for it`}` }
  }
  return undefined
}

/**
 * The job never rests, and one operator, or the decoder of a source, takes most of what all take, at a price for each row that
 * is not that of sound work.
 */
function slowOperator(status: JobStatus, nodes: readonly GraphNode[], at: number): Culprit | undefined {
  const { runner, rates } = status
  if (!runner.pump || rates.span(at) < certainMs) return undefined
  const rested = rates.rate('rested', at, runner.pump.restedMs) / 1000
  if (rested > leastRest) return undefined
  const [busiest] = [...nodes].sort((a, b) => b.busy - a.busy)
  const all = nodes.reduce((sum, { busy }) => sum + busy, 0)
  if (!busiest || busiest.busy < leastBusy || busiest.busy < all / 2) return undefined
  const { id, kind, rowsIn, rowsOut } = busiest
  const isDecoder = kind === 'source'
  const done = runner.graph.metrics().get(id)
  // A message need not become a row.
  const rate = isDecoder
    ? rates.rate(`messages ${id}`, at, done?.messages ?? 0)
    : Math.max(rates.rate(`in ${id}`, at, rowsIn), rates.rate(`out ${id}`, at, rowsOut))
  // Operators are timed by the clock: while the machine runs others, it goes on, and rows do not cost more for that.
  const starved = rates.rate('starved', at, status.starvedMs) / 1000
  const own = Math.max(0, 1 - starved / (1 - rested))
  // Not the node's share of the time, which is one at most: a slice that began before is counted whole, with its rows.
  const cost = (rates.rate(`busy ${id}`, at, done?.busyNs ?? 0) * own) / 1_000 / rate
  if (cost < slowRowUs || rate === 0) return undefined
  const [who, each] = isDecoder ? [`the decoder of ${id}`, 'message'] : [title(id), 'row']
  return { node: id, sentence: `${who} is slow: ${costText(cost)} a ${each}; upstream waits` }
}

const costText = (us: number): string =>
  us < 1_000 ? `${Math.round(us)} µs` : us < 1e6 ? `${(us / 1_000).toFixed(1)} ms` : `${(us / 1e6).toFixed(1)} s`

/** A source that is asked, gives nothing, and whose silence no clock ends. */
function silentSource(status: JobStatus, at: number): Culprit | undefined {
  for (const feed of status.runner.feeds) {
    if (feed.state !== 'asking') continue
    const { id } = feed.source
    const silence = at - (status.flow.rowsAt(id) ?? at)
    if (silence < silentMs || (feed.live && isClosedByClock(status, feed))) continue
    const joint = waitingJoint(status, id, at)
    if (joint !== undefined) return { node: id, sentence: `${id} has been idle for ${seconds(silence)}; ${joint} waits for it` }
  }
  return undefined
}

/** While it is attached and silent, its watermark goes on by itself. */
function isClosedByClock({ runner: { graph } }: JobStatus, { source }: SourceFeed): boolean {
  const { nodes } = graph.plan
  const above = sourcesAbove(nodes)
  return nodes.every(({ id, op, params }) => op !== 'eventTime' || !above.get(id)!.has(source.id) || params['closeWhenQuiet'] !== false)
}

/** Where a source meets others that flow, while no watermark rises behind that place. */
function waitingJoint({ runner: { graph }, flow }: JobStatus, source: string, at: number): string | undefined {
  const above = sourcesAbove(graph.plan.nodes)
  const flows = (id: string): boolean => at - (flow.rowsAt(id) ?? Number.NEGATIVE_INFINITY) < silentMs
  const stands = (id: string): boolean => at - (flow.watermarkAt(id) ?? at) >= heldMs
  const ends = graph.sinks.map(sinkNode).filter(end => above.get(end)!.has(source))
  const others = (id: string): readonly string[] => [...above.get(id)!].filter(other => other !== source)
  const held = ends.find(end => stands(end) && others(end).some(flows))
  if (held === undefined) return undefined
  const joint = graph.plan.nodes.find(({ id }) => above.get(id)!.has(source) && others(id).some(other => above.get(held)!.has(other)))
  return title(joint?.id ?? held)
}
