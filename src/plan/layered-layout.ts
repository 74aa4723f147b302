import type { PlanEdge } from './edges-of.js'

/** A place in a layer: a node, or a bend of an edge that passes the layer. */
export interface Vertex {
  /** The node's position in the plan; undefined for a bend. */
  readonly node: number | undefined
  readonly width: number
  /** The middle, in characters from the left. */
  x: number
}

/** A piece of an edge from one layer to the next. `from` and `to` are positions within their layers. */
export interface Segment {
  readonly layer: number
  readonly from: number
  readonly to: number
  readonly port?: string
}

export interface Layout {
  readonly layers: readonly (readonly Vertex[])[]
  readonly segments: readonly Segment[]
}

const gap = 3

/** The layer of each node: one below its lowest input. Inputs stand before their users in a plan. */
function layersOf(count: number, edges: readonly PlanEdge[]): number[] {
  const layer = new Array<number>(count).fill(0)
  for (let node = 0; node < count; node++) {
    for (const { from, to } of edges) if (to === node && from < node) layer[node] = Math.max(layer[node]!, layer[from]! + 1)
  }
  return layer
}

interface Link {
  readonly above: Vertex
  readonly below: Vertex
  readonly layer: number
  readonly port?: string
}

const mean = (values: readonly number[], otherwise: number): number =>
  values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length

/** Sorts a layer by the mean of its neighbours' places, so that edges cross little. Stable. */
function reorder(layer: Vertex[], neighbours: (vertex: Vertex) => readonly number[]): void {
  const wish = new Map(layer.map((vertex, i) => [vertex, mean(neighbours(vertex), i)]))
  layer.sort((a, b) => wish.get(a)! - wish.get(b)!)
}

/**
 * Puts a layer's vertices as near to their wishes as their widths admit, in the given order: least squares with
 * distances and weights, by pooling neighbours that push each other (isotonic regression).
 */
function place(layer: readonly Vertex[], wishes: readonly number[], weights: readonly number[] = []): void {
  let reach = 0
  const offsets = layer.map((vertex, i) => {
    if (i > 0) reach += (layer[i - 1]!.width + vertex.width) / 2 + gap
    return reach
  })
  const pools: { sum: number; weight: number; count: number }[] = []
  wishes.forEach((wish, i) => {
    const weight = weights[i] ?? 1
    pools.push({ sum: (wish - offsets[i]!) * weight, weight, count: 1 })
    for (
      let last = pools.at(-1)!, before = pools.at(-2);
      before && before.sum / before.weight >= last.sum / last.weight;
      before = pools.at(-2)
    ) {
      before.sum += last.sum
      before.weight += last.weight
      before.count += last.count
      pools.pop()
      last = before
    }
  })
  let i = 0
  for (const { sum, weight, count } of pools) {
    const base = Math.round(sum / weight)
    for (const end = i + count; i < end; i++) layer[i]!.x = base + offsets[i]!
  }
}

/**
 * Arranges a plan in layers from top to bottom: edges point down, long edges get bends, nodes stand below what feeds
 * them. `widths` are the widths of the nodes' boxes in characters, odd, so that boxes have a middle.
 */
export function layeredLayout(widths: readonly number[], edges: readonly PlanEdge[]): Layout {
  const layerOf = layersOf(widths.length, edges)
  const layers: Vertex[][] = []
  const nodes = widths.map((width, node) => {
    const vertex: Vertex = { node, width, x: 0 }
    const layer = layerOf[node]!
    while (layers.length <= layer) layers.push([])
    layers[layer]!.push(vertex)
    return vertex
  })
  const links: Link[] = []
  for (const { from, to, port } of edges) {
    let above = nodes[from]!
    for (let layer = layerOf[from]!; layer < layerOf[to]!; layer++) {
      const last = layer + 1 === layerOf[to]
      const below: Vertex = last ? nodes[to]! : { node: undefined, width: 1, x: 0 }
      if (!last) layers[layer + 1]!.push(below)
      links.push({ above, below, layer, ...(port !== undefined && last ? { port } : {}) })
      above = below
    }
  }
  const above = (vertex: Vertex): Vertex[] => links.filter(link => link.below === vertex).map(link => link.above)
  const below = (vertex: Vertex): Vertex[] => links.filter(link => link.above === vertex).map(link => link.below)
  for (let sweep = 0; sweep < 4; sweep++) {
    for (let i = 1; i < layers.length; i++) reorder(layers[i]!, vertex => above(vertex).map(v => layers[i - 1]!.indexOf(v)))
    for (let i = layers.length - 2; i >= 0; i--) reorder(layers[i]!, vertex => below(vertex).map(v => layers[i + 1]!.indexOf(v)))
  }
  for (const layer of layers)
    place(
      layer,
      layer.map(() => 0),
    )
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const layer of layers.slice(1))
      place(
        layer,
        layer.map(vertex =>
          mean(
            above(vertex).map(v => v.x),
            vertex.x,
          ),
        ),
      )
    for (const layer of layers.slice(0, -1).reverse())
      place(
        layer,
        layer.map(vertex =>
          mean(
            below(vertex).map(v => v.x),
            vertex.x,
          ),
        ),
      )
  }
  // A step of a character or two looks like a mistake: such edges are made straight, and neighbours give way.
  for (const layer of layers.slice(1)) {
    const straight = layer.map(vertex => above(vertex).find(v => Math.abs(v.x - vertex.x) <= 2)?.x)
    place(
      layer,
      layer.map((vertex, i) => straight[i] ?? vertex.x),
      straight.map(x => (x === undefined ? 1 : 1_000)),
    )
  }
  const left = Math.min(0, ...layers.flat().map(vertex => vertex.x - (vertex.width - 1) / 2))
  for (const vertex of layers.flat()) vertex.x -= left
  const segments = links.map(
    ({ above, below, layer, port }): Segment => ({
      layer,
      from: layers[layer]!.indexOf(above),
      to: layers[layer + 1]!.indexOf(below),
      ...(port === undefined ? {} : { port }),
    }),
  )
  return { layers, segments }
}
