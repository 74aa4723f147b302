import type { Graph } from '../../job/graph.js'

/** Late rows of a run. Judged where windows first take rows in: several windows over one stream would count a row several times. */
export function lateRows(graph: Graph): number {
  const judge = graph.plan.nodes.find(node => node.op === 'aggregate')
  return (judge && graph.metrics().get(judge.id)?.counters['late']) ?? 0
}
