import type { Graph } from '../job/graph.js'

/** Two sources that would share one queue, each seeing only a part of its messages. */
export interface Competition {
  readonly address: string
  readonly readers: readonly [string, string]
  /** Both feed one job that aggregates: its results would be wrong. */
  readonly wrong: boolean
}

/** Finds sources, in one job or in several, that read the same queue and therefore compete for its messages. */
export function competingSources(graphs: readonly Graph[]): readonly Competition[] {
  const seen = new Map<string, { readonly graph: Graph; readonly source: string }>()
  const found: Competition[] = []
  for (const graph of graphs) {
    for (const { id, spec } of graph.sources) {
      const { address, kind = 'queue', url = null } = spec.params
      if (typeof address !== 'string' || kind === 'topic' || kind === 'multicast') continue
      const key = JSON.stringify([spec.connector, url, address])
      const other = seen.get(key)
      if (!other) {
        seen.set(key, { graph, source: id })
        continue
      }
      const aggregates = graph.plan.nodes.some(node => node.op === 'aggregate')
      found.push({
        address,
        readers: [`${other.graph.job}/${other.source}`, `${graph.job}/${id}`],
        wrong: other.graph === graph && aggregates,
      })
    }
  }
  return found
}
