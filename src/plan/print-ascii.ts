import { CharacterGrid } from './character-grid.js'
import { describeNode } from './describe-node.js'
import { type Bundle, edgeTracks } from './edge-tracks.js'
import { edgesOf } from './edges-of.js'
import { type Layout, layeredLayout, type Vertex } from './layered-layout.js'
import type { Plan, PlanNode } from './plan.js'

const widest = 34

/** Breaks a text at spaces into lines of at most `widest` characters; words that are longer are cut. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(part => part !== '')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= widest) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word.length > widest ? `${word.slice(0, widest - 1)}…` : word)
  }
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]!.slice(0, widest - 2)} …`] : lines
}

/** The lines in a node's box: its id with what it is, and its work. */
function boxLines(node: PlanNode): string[] {
  const named = node.id === node.op || node.id.startsWith(`${node.op}-`)
  return [...wrapped(named ? node.id : `${node.id} (${node.op})`), ...wrapped(describeNode(node))]
}

/** Draws the edges between a layer and the next one, from row `top`; gives the number of rows. */
function drawEdges(grid: CharacterGrid, { layers, segments }: Layout, layer: number, top: number): number {
  const mine = segments.filter(segment => segment.layer === layer)
  const upper = layers[layer]!
  const lower = layers[layer + 1]!
  const sources = [...new Set(mine.map(segment => segment.from))]
  const bundles = sources.map(
    (from): Bundle => ({ from: upper[from]!.x, to: mine.filter(segment => segment.from === from).map(segment => lower[segment.to]!.x) }),
  )
  const tracks = edgeTracks(bundles)
  const rows = Math.max(...tracks, -1) + 2
  bundles.forEach(({ from, to }, i) => {
    const bend = top + Math.max(tracks[i]!, 0)
    grid.vertical(from, top - 1, bend)
    grid.horizontal(bend, Math.min(from, ...to), Math.max(from, ...to))
    for (const x of to) grid.vertical(x, bend, top + rows)
  })
  for (const { to, port } of mine) {
    const { x, node } = lower[to]!
    if (node === undefined) continue
    grid.write(x, top + rows - 1, '▼')
    if (port !== undefined && grid.isFree(x + 2, top + rows - 1, port.length + 1)) grid.write(x + 2, top + rows - 1, port)
  }
  return rows
}

function drawBox(grid: CharacterGrid, { x, width }: Vertex, lines: readonly string[], y: number): void {
  const left = x - (width - 1) / 2
  grid.box(left, y, width, lines.length + 2)
  lines.forEach((line, i) => {
    grid.write(left + 2, y + 1 + i, line)
  })
}

/**
 * A plan as a picture of boxes and arrows for a terminal, from sources at the top to views and sinks at the bottom.
 * Lines that leave a box together fan out; lines that meet above an arrow merge. Side ports stand beside their arrow.
 *
 * @example
 * process.stdout.write(printAscii(plan))
 */
export function printAscii(plan: Plan): string {
  if (plan.nodes.length === 0) return `${plan.job}: no nodes\n`
  const texts = plan.nodes.map(boxLines)
  // Odd widths, so that each box has a middle.
  const widths = texts.map(lines => (Math.max(...lines.map(line => Array.from(line).length)) + 4) | 1)
  const layout = layeredLayout(widths, edgesOf(plan))
  const grid = new CharacterGrid()
  let y = 0
  layout.layers.forEach((vertices, layer) => {
    const height = Math.max(...vertices.map(({ node }) => (node === undefined ? 0 : texts[node]!.length + 2)))
    for (const vertex of vertices) {
      if (vertex.node === undefined) {
        grid.vertical(vertex.x, y - 1, y + height)
        continue
      }
      const lines = texts[vertex.node]!
      drawBox(grid, vertex, lines, y)
      // A lower box than its neighbours: its line goes on to where the edges begin.
      const leaves = layout.segments.some(segment => segment.layer === layer && layout.layers[layer]![segment.from] === vertex)
      if (leaves) grid.vertical(vertex.x, y + lines.length + 1, y + height)
    }
    y += height
    if (layer + 1 < layout.layers.length) y += drawEdges(grid, layout, layer, y)
  })
  return grid.toString()
}
