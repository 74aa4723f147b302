import { createHash } from 'node:crypto'
import type { Json } from '../model/json.js'
import { canonicalJson } from '../plan/canonical-json.js'
import type { Plan, PlanNode } from '../plan/plan.js'

/** What of a plan shapes state: by node, a hash of what must not change. */
export type PlanShape = { readonly [id: string]: { readonly op: string; readonly version: number; readonly hash: string } }

/** Display and delivery options (where a view is kept, where a sink writes) may change under the same state. */
const shaping = (node: PlanNode): Json => ({
  op: node.op,
  params: node.params,
  columns: node.columns.map(({ name, type }) => ({ name, type })),
})

/** The nodes that carry state, with the hash of what shapes it. */
export function planShape(plan: Plan): PlanShape {
  const nodes = plan.nodes.filter(node => node.stateful)
  return Object.fromEntries(
    nodes.map(node => {
      const hash = createHash('sha256')
        .update(canonicalJson(shaping(node)))
        .digest('hex')
        .slice(0, 32)
      return [node.id, { op: node.op, version: node.version, hash }]
    }),
  )
}

/** What differs, a sentence for each node; empty where state of the one fits the other. */
export function planDifferences(saved: PlanShape, running: PlanShape): readonly string[] {
  const differences: string[] = []
  for (const [id, was] of Object.entries(saved)) {
    const is = running[id]
    if (!is) differences.push(`\`${id}\` (${was.op}) is gone, its state would be lost`)
    else if (is.op !== was.op) differences.push(`\`${id}\` was ${was.op}, and is ${is.op}`)
    else if (is.version !== was.version)
      differences.push(`\`${id}\` has state of ${was.op} version ${was.version}, this is version ${is.version}`)
    else if (is.hash !== was.hash) differences.push(`\`${id}\` (${was.op}) has other parameters or columns`)
  }
  for (const [id, is] of Object.entries(running))
    if (!saved[id]) differences.push(`\`${id}\` (${is.op}) is new and would begin in the middle`)
  return differences
}
