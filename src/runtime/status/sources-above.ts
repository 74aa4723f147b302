import type { PlanNode } from '../../plan/plan.js'

/** Of each node, the sources that its rows come from; a source's own is itself. Plans list nodes behind their inputs. */
export function sourcesAbove(nodes: readonly PlanNode[]): ReadonlyMap<string, ReadonlySet<string>> {
  const above = new Map<string, Set<string>>()
  for (const { id, kind, inputs } of nodes) {
    const own = new Set(kind === 'source' ? [id] : [])
    // A side port is named behind its node's id.
    for (const input of inputs) for (const source of above.get(input.split('/')[0]!) ?? []) own.add(source)
    above.set(id, own)
  }
  return above
}
