import type { SourceLoss } from '../connector/source.js'
import type { Guarantee, GuaranteeLevel } from '../model/guarantee.js'
import type { Plan, PlanNode } from '../plan/plan.js'
import type { GuaranteeFinding } from './guarantee-finding.js'
import { findingsOfOperators } from './guarantee-of-operators.js'
import { findingOfSink, type SinkFacts, type WriterFacts } from './guarantee-of-sink.js'
import { findingsOfSource, type IdBounds, type SourceFacts } from './guarantee-of-source.js'

/** A job, as far as its guarantee depends on it: a `Graph` is one. */
export interface GuaranteeSubject {
  readonly plan: Plan
  readonly sources: readonly Omit<SourceFacts, 'presettled' | 'lost'>[]
  readonly sinks: readonly Omit<SinkFacts, 'writer'>[]
}

/** How the job is run. */
export interface GuaranteeFacts {
  /** There is a data folder with a journal. */
  readonly journal: boolean
  readonly remembered: IdBounds
  /** What is known once a sink is open, by its id; it takes the place of what the sink promised. */
  readonly writers?: ReadonlyMap<string, WriterFacts>
  /** Messages that came settled by their sender, by source. */
  readonly presettled?: ReadonlyMap<string, number>
  /** What peers of sources have lost, by source. */
  readonly lost?: ReadonlyMap<string, SourceLoss>
}

/**
 * The guarantee that is in force, and why: derived from source × id × sink × operators × journal. What may be lost and
 * what may be repeated is judged apart, for each sink by the nodes that its rows come from; the job's level is what
 * holds for all its sinks. Reliability rules §3, §4 and §9.
 *
 * @example
 * guaranteeOf(graph, { journal: true, remembered: { ids: 1_000_000, ms: 600_000 } }).level // 'exactly-once'
 */
export function guaranteeOf(job: GuaranteeSubject, facts: GuaranteeFacts): Guarantee {
  if (!facts.journal) return { ...nothingKept, sinks: job.sinks.map(({ id }) => ({ sink: id, level: 'none', label: nothingKept.label })) }
  const all = new Map<string, GuaranteeFinding>([[journaled.why, journaled]])
  const sinks = job.sinks.map(sink => {
    const findings = findingsFor(sink, job, facts)
    for (const finding of findings) all.set(finding.why, finding)
    return { sink: sink.id, level: levelOf(findings), label: labelOf(findings) }
  })
  const findings = [...all.values()]
  // What breaks a promise comes before what it rests on.
  const why = [...findings.filter(breaks), ...findings.filter(finding => !breaks(finding))].map(finding => finding.why)
  return { level: levelOf(findings), label: labelOf(findings), why, sinks }
}

const nothingKept = {
  level: 'none',
  label: 'no guarantee over a crash: open windows may be lost, results repeated',
  why: [
    'there is no data folder, and so no journal: what open windows have taken in lives in memory only',
    'a message is accepted once the outputs that it caused are acknowledged, so a crash loses what waits in a window',
  ],
} as const satisfies Guarantee

const journaled: GuaranteeFinding = {
  why: 'a message is accepted, and what it caused sent, once it is in the journal; after a crash the journal is replayed',
}

function findingsFor(sink: Omit<SinkFacts, 'writer'>, job: GuaranteeSubject, facts: GuaranteeFacts): readonly GuaranteeFinding[] {
  const { presettled, lost } = facts
  const above = upstreamOf(`${sink.spec.kind}:${sink.id}`, job.plan)
  const feeding = job.sources.filter(({ id }) => above.some(node => node.id === id))
  return [
    ...feeding.flatMap(source =>
      findingsOfSource({ ...source, presettled: presettled?.get(source.id) ?? 0, lost: lost?.get(source.id) }, facts.remembered),
    ),
    ...findingsOfOperators(above),
    findingOfSink({ ...sink, writer: facts.writers?.get(sink.id) }),
  ]
}

/** All nodes that rows of this one come from, in the order of the plan. */
function upstreamOf(id: string, { nodes }: Plan): readonly PlanNode[] {
  const reached = new Set([id])
  // Inputs stand before their users.
  for (const node of nodes.toReversed()) {
    if (reached.has(node.id)) for (const input of node.inputs) reached.add(input.split('/')[0]!)
  }
  return nodes.filter(node => reached.has(node.id))
}

const breaks = ({ loses, repeats }: GuaranteeFinding): boolean => loses === true || repeats === true

function levelOf(findings: readonly GuaranteeFinding[]): GuaranteeLevel {
  const loses = findings.some(finding => finding.loses)
  const repeats = findings.some(finding => finding.repeats)
  if (loses) return repeats ? 'none' : 'at-most-once'
  return repeats ? 'at-least-once' : 'exactly-once'
}

function labelOf(findings: readonly GuaranteeFinding[]): string {
  const level = levelOf(findings)
  if (level === 'exactly-once') {
    const bounds = new Set(findings.flatMap(({ label }) => label ?? []))
    return ['exactly once', [...bounds].join(', ')].join(' ').trim()
  }
  if (level !== 'none') return `${level.replaceAll('-', ' ')}: ${findings.find(breaks)!.label}`
  const both = findings.find(({ loses, repeats }) => loses && repeats)
  return `no guarantee: ${both?.label ?? 'messages may be lost, and others counted or sent twice'}`
}
