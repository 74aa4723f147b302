import { Graph, layout } from '@dagrejs/dagre'

interface Size {
  readonly width: number
  readonly height: number
}

/** A point of the drawing. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where nodes (their centres) and edges (from rim to rim) stand. */
export interface GraphLayout extends Size {
  readonly nodes: ReadonlyMap<string, Point>
  readonly edges: readonly { readonly from: string; readonly to: string; readonly stops: readonly Point[] }[]
}

/** Lays a graph out by layers, left to right, or top down on narrow screens. The one door to dagre. */
export const layoutGraph = (
  sizes: ReadonlyMap<string, Size>,
  edges: readonly { readonly from: string; readonly to: string }[],
  topDown: boolean,
): GraphLayout => {
  const g = new Graph({ directed: true, multigraph: false })
  g.setGraph({ rankdir: topDown ? 'TB' : 'LR', nodesep: topDown ? 10 : 18, ranksep: topDown ? 40 : 70, marginx: 2, marginy: 4 })
  g.setDefaultEdgeLabel(() => ({}))
  for (const [id, { width, height }] of sizes) g.setNode(id, { width, height })
  const known = edges.filter(edge => sizes.has(edge.from) && sizes.has(edge.to))
  for (const edge of known) g.setEdge(edge.from, edge.to)
  layout(g)
  const whole = g.graph() as Partial<Size>
  const place = (id: string): Point => {
    const { x, y } = g.node(id) as Point
    return { x, y }
  }
  return {
    width: whole.width ?? 0,
    height: whole.height ?? 0,
    nodes: new Map([...sizes.keys()].map(id => [id, place(id)])),
    edges: known.map(({ from, to }) => {
      const { points } = g.edge(from, to) as { points: readonly Point[] }
      const a = place(from)
      const b = place(to)
      const out = sizes.get(from)!
      const into = sizes.get(to)!
      const start = topDown ? { x: a.x, y: a.y + out.height / 2 } : { x: a.x + out.width / 2, y: a.y }
      const end = topDown ? { x: b.x, y: b.y - into.height / 2 } : { x: b.x - into.width / 2, y: b.y }
      return { from, to, stops: points.length > 3 ? [start, ...points.slice(1, -1), end] : [start, end] }
    }),
  }
}

/** A calm curve through the stops, leaving and entering nodes straight on. */
export const curve = (stops: readonly Point[], topDown: boolean): string => {
  const first = stops[0]
  if (!first) return ''
  let path = `M${first.x} ${first.y}`
  for (let i = 1; i < stops.length; i++) {
    const a = stops[i - 1]!
    const b = stops[i]!
    const half = topDown ? (a.y + b.y) / 2 : (a.x + b.x) / 2
    path += topDown ? `C${a.x} ${half} ${b.x} ${half} ${b.x} ${b.y}` : `C${half} ${a.y} ${half} ${b.y} ${b.x} ${b.y}`
  }
  return path
}
