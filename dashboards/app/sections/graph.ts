import type { JobGraph } from '../../../src/model/api.js'
import { element, replaceWhenChanged, setAttribute, setText, svgElement } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import { rate } from '../text/format.js'
import { curve, layoutGraph, type Point } from './graph-layout.js'
import { NodeBox, narrowNodes, wideNodes } from './graph-node.js'

interface EdgeParts {
  readonly path: SVGPathElement
  readonly label: SVGTextElement
}

/** The job's graph: edge width and words say the rate, each node its watermark, and one sentence who holds it back. */
export class Graph implements Section {
  readonly root: HTMLElement
  readonly #sentence = element('p', { class: 'culprit' })
  readonly #host = element('div', { class: 'graph-host', tabindex: 0, role: 'region', 'aria-label': 'Job graph' })
  readonly #narrow = matchMedia('(max-width: 700px)')
  #shape = ''
  #nodes = new Map<string, NodeBox>()
  #edges = new Map<string, EdgeParts>()

  constructor() {
    const head = element('header', {}, element('h2', {}, 'Job graph'), this.#sentence)
    this.root = element('section', { class: 'card graph', hidden: true, 'aria-label': 'Graph of the job' }, head, this.#host)
  }

  draw(state: PageState): void {
    const { graph, job } = state
    this.root.hidden = !graph || graph.nodes.length === 0
    if (!graph || !job || this.root.hidden) return
    const topDown = this.#narrow.matches
    const nodes = graph.nodes.map(node => node.id).join()
    const shape = `${topDown}|${nodes}|${graph.edges.map(edge => edgeKey(edge)).join()}`
    if (shape !== this.#shape) {
      this.#shape = shape
      this.#build(graph, topDown)
    }
    this.#sentenceFor(graph)
    for (const node of graph.nodes) this.#nodes.get(node.id)?.update(node, job.now, graph.culprit?.node === node.id)
    this.#updateEdges(graph)
  }

  #updateEdges(graph: JobGraph): void {
    const waiting = new Set(graph.nodes.filter(node => node.waiting).map(node => node.id))
    const top = Math.max(...graph.edges.map(edge => edge.rate), 1e-9)
    for (const edge of graph.edges) {
      const parts = this.#edges.get(edgeKey(edge))
      if (!parts) continue
      setAttribute(parts.path, 'stroke-width', edgeWidth(edge.rate, top).toFixed(1))
      setAttribute(parts.path, 'class', `edge${waiting.has(edge.to) ? ' slow' : edge.rate > 0 ? '' : ' still'}`)
      setText(parts.label, rate(edge.rate))
    }
  }

  #sentenceFor(graph: JobGraph): void {
    const { culprit } = graph
    const sentence = culprit?.sentence ?? 'Nothing holds the flow back.'
    const isNamed = culprit?.sentence.startsWith(culprit.node) === true
    replaceWhenChanged(this.#sentence, sentence, () =>
      isNamed ? [element('b', {}, culprit.node), sentence.slice(culprit.node.length)] : [sentence],
    )
  }

  #build(graph: JobGraph, topDown: boolean): void {
    const style = topDown ? narrowNodes : wideNodes
    this.#nodes = new Map(graph.nodes.map(node => [node.id, new NodeBox(node, style)]))
    this.#edges = new Map()
    const sizes = new Map([...this.#nodes].map(([id, box]) => [id, { width: style.width, height: box.height }]))
    const laid = layoutGraph(sizes, graph.edges, topDown)
    const words = graph.edges.map(edge => `${edge.from} to ${edge.to}`).join(', ')
    const svg = svgElement('svg', {
      viewBox: `0 0 ${laid.width} ${laid.height}`,
      width: laid.width,
      height: laid.height,
      role: 'img',
      'aria-label': `Graph of ${graph.job}: ${words}`,
    })
    const labels: SVGTextElement[] = []
    for (const edge of laid.edges) {
      const path = svgElement('path', { d: curve(edge.stops, topDown), class: 'edge' })
      const label = svgElement('text', { class: topDown ? 'rate' : 'rate above', ...labelPlace(edge.stops, topDown) })
      svg.append(path)
      labels.push(label)
      this.#edges.set(edgeKey(edge), { path, label })
    }
    for (const [id, box] of this.#nodes) {
      const { x, y } = laid.nodes.get(id) ?? { x: 0, y: 0 }
      box.root.setAttribute('transform', `translate(${x} ${y})`)
      svg.append(box.root)
    }
    svg.append(...labels)
    this.#host.replaceChildren(svg)
  }
}

const edgeKey = (edge: { readonly from: string; readonly to: string }): string => `${edge.from}\u0000${edge.to}`

/** Labels stand near the target, where branches have already parted. */
const labelPlace = (stops: readonly Point[], topDown: boolean): { readonly x: number; readonly y: number } => {
  const a = stops.at(-2) ?? { x: 0, y: 0 }
  const b = stops.at(-1) ?? a
  if (topDown) return { x: b.x, y: a.y + (b.y - a.y) * 0.78 + 4 }
  return { x: b.x - Math.min(30, (b.x - a.x) / 2), y: a.y < b.y - 6 ? b.y + 17 : b.y - 8 }
}

/** Edge width by the square root of its share, so that a trickle beside a torrent can still be seen. */
const edgeWidth = (perSecond: number, top: number): number => 1.5 + 6 * Math.sqrt(Math.max(0, perSecond) / top)
