import type { NodeShape, PartShape, PlanShape } from './plan-shape.js'

/** What becomes of saved state when a job goes on in another form. */
export interface Fit {
  /** What would be lost or contradict, a sentence for each difference; where there is any, the job must not start. */
  readonly refused: readonly string[]
  /** Ids of nodes whose saved state does not fit and was given up by name. */
  readonly dropped: readonly string[]
  /** Ids of nodes that begin in the middle of the stream, without a past: new ones, and dropped ones that are still there. */
  readonly fresh: readonly string[]
  /** Sentences for the log about `dropped` and `fresh`. */
  readonly notes: readonly string[]
}

/**
 * Decides about saved state by rule 14 of the stream semantics: a node keeps it when its id, what feeds it and its
 * parameters that shape state are unchanged. What comes before it may change (another `where`, a derived column): what
 * follows is computed anew, what was is kept. New views, sinks and operators without state change nothing. State that
 * does not fit is refused, unless its node is named in `drop`; a node named there whose state fits keeps it, so that the
 * option may stand in a start script. A new node with state begins in the middle: its first windows hold only what comes
 * from now on, and the log says so.
 *
 * @example
 * fits(saved, planShape(graph.plan), ['climate']) // { refused: [], dropped: ['climate'], fresh: ['climate'], notes: […] }
 */
export function fits(saved: PlanShape, running: PlanShape, drop: readonly string[] = []): Fit {
  const refused: string[] = []
  const dropped: string[] = []
  const fresh: string[] = []
  const notes: string[] = []
  for (const [id, was] of Object.entries(saved)) {
    const is = running[id]
    const differences = nodeDifferences(id, was, is)
    if (differences.length === 0) continue
    if (!drop.includes(id)) {
      refused.push(...differences)
      continue
    }
    dropped.push(id)
    notes.push(...differences.map(difference => `${difference}; its state is dropped as was asked`))
    if (is) fresh.push(id)
  }
  for (const [id, is] of Object.entries(running)) {
    if (saved[id]) continue
    fresh.push(id)
    notes.push(`\`${id}\` (${is.op}) is new and begins in the middle: its first results hold only what comes from now on`)
  }
  return { refused, dropped, fresh, notes }
}

function nodeDifferences(id: string, was: NodeShape, is: NodeShape | undefined): readonly string[] {
  const name = `\`${id}\``
  if (!is) return [`${name} (${was.op}) is gone, and its state would be lost`]
  if (is.op !== was.op) return [`${name} was ${was.op}, and is ${is.op}`]
  const fed = ({ feeds }: NodeShape): string => feeds.map(input => input.join(' and ')).join(', ')
  const differences = fed(was) === fed(is) ? [] : [`${name} was fed by ${fed(was)}, and is fed by ${fed(is)}`]
  return [...differences, ...partDifferences(was, is).map(difference => `${name}: ${difference}`)]
}

function partDifferences(was: NodeShape, is: NodeShape): readonly string[] {
  const differences: string[] = []
  for (const [label, before] of Object.entries(was.parts)) {
    const now = is.parts[label]
    if (!now) differences.push(`${label} (${before.text}) is gone`)
    else if (now.hash !== before.hash) differences.push(`${label} ${changed(before, now)}`)
  }
  for (const [label, now] of Object.entries(is.parts)) if (!was.parts[label]) differences.push(`${label} (${now.text}) is new`)
  const order = ({ parts }: NodeShape): string => Object.keys(parts).join(', ')
  if (differences.length === 0 && order(was) !== order(is)) differences.push(`the order was ${order(was)}, and is ${order(is)}`)
  return differences
}

const changed = (before: PartShape, now: PartShape): string =>
  before.text === now.text
    ? `is still ${now.text}, of a column declared otherwise: type, unit or nullable()`
    : `was ${before.text}, and is ${now.text}`
