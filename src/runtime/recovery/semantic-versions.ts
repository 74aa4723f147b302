import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Json } from '../../model/json.js'
import type { Plan } from '../../plan/plan.js'

/**
 * The semantic version of everything of Millrace that takes part in computing a plan: `operator aggregate`, `aggregate
 * mean`, `window tumbling`, `decoder json`, … A version rises only when results change.
 */
export type SemanticVersions = { readonly [what: string]: number }

/** What a plan does not name by itself, and takes part in every job. */
const always: SemanticVersions = {
  /** Arithmetic, comparisons, functions of texts and times. */
  expressions: 1,
  /** Which messages are one and the same. */
  duplicates: 1,
  /** Ids, positions and order of results. */
  results: 1,
}

/** Parts that carry no version in the plan. What is not listed has version 1. */
const windows: SemanticVersions = { tumbling: 1, hopping: 1 }
const decoders: SemanticVersions = {
  json: 1,
  value: 1,
  'value-text': 1,
  raw: 1,
  csv: 1,
  convert: 1,
  'first-of': 1,
  'spark-body': 1,
  'spark-json': 1,
}

type Params = { readonly [key: string]: Json }
const record = (value: Json | undefined): Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Params) : {}

/**
 * The versions in force for a plan in this release, as pure data for headers of snapshots and of the journal.
 *
 * @example
 * semanticVersions(graph.plan) // { expressions: 1, …, 'operator aggregate': 1, 'aggregate max': 1, 'window tumbling': 1 }
 */
export function semanticVersions(plan: Plan): SemanticVersions {
  const found = new Map<string, number>(Object.entries(always))
  const decoder = (params: Params): void => {
    const { decoder: name, decoders: others } = params
    if (typeof name === 'string') found.set(`decoder ${name}`, decoders[name] ?? 1)
    if (Array.isArray(others)) for (const other of others) decoder(record(other as Json))
  }
  for (const { kind, op, params, version } of plan.nodes) {
    found.set(`${kind === 'sink' || kind === 'view' ? 'output' : 'operator'} ${op}`, version)
    decoder(record(params['decode']))
    const { kind: window } = record(params['window'])
    if (typeof window === 'string') found.set(`window ${window}`, windows[window] ?? 1)
    for (const aggregate of Object.values(record(params['aggregates']))) {
      const { op: name, version: own } = record(aggregate)
      if (typeof name === 'string') found.set(`aggregate ${name}`, typeof own === 'number' ? own : 1)
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * What this release computes differently from the one that took the input in, a sentence each; empty where results are
 * the same. Both are versions of the same bundle's plan: what the plan no longer uses cannot compute differently, and
 * what the older release did not name yet was version 1.
 */
export function semanticDifferences(saved: SemanticVersions, running: SemanticVersions): readonly string[] {
  return Object.entries(running).flatMap(([what, is]) => {
    const was = saved[what] ?? 1
    return was === is ? [] : [`${what} was version ${was}, and is version ${is}`]
  })
}

/** The refusal where input is left to take in and it would be computed differently. `release` is the one that wrote it. */
export function semanticsChanged(job: string, entries: number, differences: readonly string[], release: string | undefined): MillraceError {
  const left = `${entries} ${entries === 1 ? 'entry' : 'entries'}`
  const finish = `\`millrace drain JOB --data DIR\``
  return new MillraceError('MR460', `the journal of '${job}' holds ${left} to take in, which this release computes differently`, {
    notes: differences,
    hint: `finish with ${release === undefined ? 'the release that wrote them' : `Millrace ${release}`}: ${finish}; then start with this one`,
  })
}
