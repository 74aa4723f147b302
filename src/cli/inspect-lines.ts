import pc from 'picocolors'
import type { GraphNode, JobGraph, JobSummary } from '../model/api.js'
import { printable } from '../model/printable.js'
import { byteText } from './byte-text.js'
import { countText, momentText, rateText, spanText, timeOfDay } from './inspect-format.js'
import type { Inspected } from './inspect-read.js'
import { foldText, inspectTable } from './inspect-table.js'

/** What is shown of a job: lines above the table, the table's head, and a line for each node. */
export interface InspectLines {
  readonly above: readonly string[]
  readonly head: string
  readonly nodes: readonly string[]
}

/** How a job fares, in lines of at most `width` characters, colours aside; a sentence takes `most` lines, what is longer is cut. */
export function inspectLines({ job, graph }: Inspected, width: number, most = 2): InspectLines {
  const folded = (text: string, paint: (line: string) => string): readonly string[] => foldText(printable(text), width, most).map(paint)
  const plain = (line: string): string => line
  const { culprit } = graph
  const above = [
    ...folded(healthText(job), pc.bold),
    ...folded(guaranteeText(job), pc.dim),
    ...folded(countsText(job), plain),
    ...(culprit ? folded(`! ${culprit.sentence}`, pc.yellow) : []),
    ...job.attention.filter(sentence => sentence !== culprit?.sentence).flatMap(sentence => folded(`! ${sentence}`, pc.yellow)),
    ...(job.error ? [...folded(`${job.error.code} ${job.error.message}`, pc.red), ...folded(`try: ${job.error.hint}`, plain)] : []),
  ]
  const [head = '', ...rows] = inspectTable(nodeColumns(job, graph), width)
  const nodes = graph.nodes.map((node, i) => (node.id === culprit?.node || node.waiting ? pc.yellow(rows[i]!) : rows[i]!))
  return { above, head: pc.dim(head), nodes }
}

function healthText({ id, state, rate, behind, clockLabel, now, derived }: JobSummary): string {
  const late = behind === null ? 'no result yet' : lateText(behind, rate, now)
  const clock = `${clockLabel === undefined ? 'clock' : `${clockLabel} · data clock`} ${timeOfDay(now)}`
  return [id, state, `${rateText(rate)} messages/s`, late, clock, ...(derived ? ['derived data'] : [])].join(' · ')
}

/** As on the page: where data are old, or none come, the results end there, but the job is not slow. */
function lateText(behind: number, rate: number, now: number): string {
  const isDated = behind >= 3_600_000 || (behind >= 60_000 && rateText(rate) === '0')
  return isDated ? `results up to ${momentText(now - behind, now)}` : `${spanText(behind)} behind`
}

function guaranteeText({ guarantee, journal }: JobSummary): string {
  if (!journal) return `${guarantee.label} · no journal`
  const { bytes, unsynced, behindSnapshot } = journal
  return `${guarantee.label} · journal ${byteText(bytes)}, ${countText(unsynced)} ${unsynced === 1 ? 'entry' : 'entries'} not synced, ${countText(behindSnapshot)} behind the snapshot`
}

function countsText({ counts }: JobSummary): string {
  const { received, counted, late, duplicate, deadLettered, skipped, waiting, results, idReused = 0 } = counts
  const parts = [
    [counted, 'counted'],
    [late, 'late'],
    [duplicate, 'duplicate'],
    [deadLettered, 'dead letters'],
    [skipped, 'skipped'],
    [waiting, 'waiting'],
  ] as const
  const sum = parts.filter(([count], i) => i === 0 || count > 0).map(([count, name]) => `${countText(count)} ${name}`)
  const reused = idReused > 0 ? ` · ${countText(idReused)} with the id of another` : ''
  return `${countText(received)} received = ${sum.join(' + ')} · ${countText(results)} results${reused}`
}

function nodeColumns({ now }: JobSummary, { nodes, edges }: JobGraph) {
  const rates = (pick: 'from' | 'to', id: string): readonly number[] => edges.filter(edge => edge[pick] === id).map(({ rate }) => rate)
  const into = ({ id }: GraphNode): string => {
    const found = rates('to', id)
    return found.length === 0 ? '' : rateText(found.reduce((sum, rate) => sum + rate, 0))
  }
  const outOf = ({ id }: GraphNode): string => {
    const found = rates('from', id)
    return found.length === 0 ? '' : rateText(Math.max(...found))
  }
  const each = (cell: (node: GraphNode) => string): readonly string[] => nodes.map(node => printable(cell(node)))
  return [
    { title: 'node', rank: 0, cells: each(({ id }) => id) },
    { title: 'in/s', rank: 1, right: true, cells: each(into) },
    { title: 'out/s', rank: 3, right: true, cells: each(outOf) },
    { title: 'watermark', rank: 6, right: true, cells: each(({ watermark }) => momentText(watermark, now)) },
    { title: 'age', rank: 4, right: true, cells: each(({ watermark }) => (watermark === null ? '–' : spanText(now - watermark))) },
    { title: 'busy', rank: 5, right: true, cells: each(({ busy }) => `${Math.round(busy * 100)} %`) },
    { title: 'waits', rank: 2, cells: each(node => waitText(node, now)) },
    { title: 'counters', rank: 7, cells: each(countersText) },
    { title: 'what', rank: 8, flexible: true, cells: each(({ detail, op }) => detail || op) },
  ]
}

function waitText({ waiting, silentSince, idle }: GraphNode, now: number): string {
  if (waiting) return `${spanText(now - waiting.since)} for ${waiting.for}`
  if (silentSince !== undefined) return `idle ${spanText(now - silentSince)}`
  return idle ? 'idle' : ''
}

const countersText = ({ counters }: GraphNode): string =>
  Object.entries(counters)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${countText(count)}`)
    .join(', ')
