import { Graph, layout } from '@dagrejs/dagre'
import type { JobGraph } from '../../../src/model/api.js'

/** Where nodes and edges stand; positions are centres. */
export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly nodes: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly points: readonly { readonly x: number; readonly y: number }[]
  }[]
}

/** Lays the graph out by layers, left to right, or top down on narrow screens. The one door to dagre. */
export const layoutGraph = (graph: JobGraph, node: { readonly width: number; readonly height: number }, topDown: boolean): GraphLayout => {
  const g = new Graph({ directed: true, multigraph: false })
  g.setGraph({ rankdir: topDown ? 'TB' : 'LR', nodesep: topDown ? 18 : 20, ranksep: topDown ? 44 : 66, marginx: 4, marginy: 4 })
  g.setDefaultEdgeLabel(() => ({}))
  for (const { id } of graph.nodes) g.setNode(id, { width: node.width, height: node.height })
  const known = new Set(graph.nodes.map(({ id }) => id))
  const edges = graph.edges.filter(edge => known.has(edge.from) && known.has(edge.to))
  for (const edge of edges) g.setEdge(edge.from, edge.to)
  layout(g)
  const size = g.graph() as { width?: number; height?: number }
  const place = (id: string): { x: number; y: number } => {
    const { x, y } = g.node(id) as { x: number; y: number }
    return { x, y }
  }
  return {
    width: Number.isFinite(size.width) ? size.width! : 0,
    height: Number.isFinite(size.height) ? size.height! : 0,
    nodes: new Map(graph.nodes.map(({ id }) => [id, place(id)])),
    edges: edges.map(({ from, to }) => {
      const { points } = g.edge(from, to) as { points: { x: number; y: number }[] }
      return { from, to, points }
    }),
  }
}
