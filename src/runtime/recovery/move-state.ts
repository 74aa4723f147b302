import type { Graph } from '../../job/graph.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { nearest } from '../../model/nearest.js'
import type { State } from '../../model/state.js'
import type { StoredOutput } from '../flow/outbox.js'
import type { JobRunnerOptions } from '../job-runner-options.js'
import type { JobMemory } from '../status/job-memory.js'
import { fits } from './plan-difference.js'
import { type PlanShape, planShape } from './plan-shape.js'

/** State of a former text of a job. */
export interface FormerState {
  readonly shape: PlanShape
  readonly state: State
  readonly memory: JobMemory
  /** Outputs that wait for its sinks. */
  readonly waiting: readonly StoredOutput[]
}

/**
 * State follows its operator by id from one text of a job to the next.
 *
 * @throws MR421 with each difference, before anything is changed, unless `drop` names the node or the sink.
 */
export function moveState(
  { shape, state, memory, waiting }: FormerState,
  to: Graph,
  options: Pick<JobRunnerOptions, 'drop' | 'log'>,
): void {
  const { drop, log } = options
  const { refused, dropped, notes } = fits(shape, planShape(to.plan), drop)
  const missing = missingSinks(waiting, to)
  const differences = [...refused, ...missing.filter(({ sink }) => !drop.includes(sink)).map(({ sentence }) => sentence)]
  if (differences.length > 0) {
    throw new MillraceError('MR421', `the state of '${to.job}' does not fit the job as it is now`, {
      notes: differences,
      ...misspelt(drop, [...Object.keys(shape), ...missing.map(({ sink }) => sink)]),
    })
  }
  for (const note of notes) log.warn(note, { job: to.job })
  for (const { sentence } of missing) log.warn(`${sentence}; they are dropped as was asked`, { job: to.job })
  // Nodes without a state of their own may go; those that carry some were named.
  const known = new Set(to.plan.nodes.map(({ id }) => id))
  const { nodes } = state as { readonly nodes: { readonly [id: string]: State } }
  const kept = Object.entries(nodes).filter(([id]) => known.has(id) && !dropped.includes(id))
  to.restore({ ...(state as object), nodes: Object.fromEntries(kept) } as State)
  const gone = memory.origins.sources().filter(id => !to.sources.some(source => source.id === id))
  to.forget(gone.flatMap(source => memory.origins.ofSource(source)))
}

/** A name to drop that is none, and most likely means another. */
function misspelt(drop: readonly string[], names: readonly string[]): { readonly hint?: string } {
  for (const name of drop.filter(name => !names.includes(name))) {
    const meant = nearest(name, names)
    if (meant !== undefined) return { hint: `there is no state of \`${name}\`; did you mean \`--drop ${meant}\`?` }
  }
  return {}
}

interface MissingSink {
  readonly sink: string
  readonly sentence: string
}

function missingSinks(waiting: readonly StoredOutput[], to: Graph): readonly MissingSink[] {
  const missing = new Map<string, number>()
  for (const { outputs } of waiting) {
    if (!to.sinks.some(({ id }) => id === outputs.sink)) missing.set(outputs.sink, (missing.get(outputs.sink) ?? 0) + outputs.length)
  }
  return [...missing].map(([sink, rows]) => ({ sink, sentence: `the sink \`${sink}\` is gone, and ${rows} rows wait for it` }))
}
