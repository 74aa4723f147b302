import type { GraphNode, JobGraph } from '../../../src/model/api.js'
import { element, replaceWhenChanged, setAttribute, setText, svgElement } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import { clockTime, count, duration, rate } from '../text/format.js'
import { layoutGraph } from './graph-layout.js'

const nodeSize = { width: 158, height: 58 }
const narrowPx = 700
/** Characters that fit a node at the size of its small text. */
const detailLength = 26

interface NodeParts {
  readonly group: SVGGElement
  readonly title: SVGTitleElement
  readonly detail: SVGTextElement
  readonly state: SVGTextElement
}

interface EdgeParts {
  readonly path: SVGPathElement
  readonly label: SVGTextElement
}

/** The job's graph: edge width and words say the rate, each node its watermark, and one sentence who holds it back. */
export class Graph implements Section {
  readonly root: HTMLElement
  readonly #sentence = element('p', { class: 'culprit' })
  readonly #host = element('div', { class: 'graph-host', tabindex: 0, role: 'region', 'aria-label': 'Job graph' })
  #shape = ''
  #nodes = new Map<string, NodeParts>()
  #edges = new Map<string, EdgeParts>()

  constructor() {
    this.root = element(
      'section',
      { class: 'card graph', hidden: true },
      element('header', {}, element('h2', {}, 'Job graph'), this.#sentence),
      this.#host,
    )
  }

  draw(state: PageState): void {
    const { graph, job } = state
    this.root.hidden = !graph || graph.nodes.length === 0
    if (!graph || !job || this.root.hidden) return
    const topDown = window.innerWidth < narrowPx
    const shape = `${topDown}|${graph.nodes.map(node => node.id).join()}|${graph.edges.map(edge => `${edge.from}>${edge.to}`).join()}`
    if (shape !== this.#shape) {
      this.#shape = shape
      this.#build(graph, topDown)
    }
    this.#sentenceFor(graph)
    for (const node of graph.nodes) this.#update(node, job.now, graph.culprit?.node === node.id)
    const waiting = new Set(graph.nodes.filter(node => node.waiting).map(node => node.id))
    const top = Math.max(...graph.edges.map(edge => edge.rate), 1e-9)
    for (const edge of graph.edges) {
      const parts = this.#edges.get(`${edge.from}>${edge.to}`)
      if (!parts) continue
      setAttribute(parts.path, 'stroke-width', edgeWidth(edge.rate, top).toFixed(1))
      setAttribute(parts.path, 'class', `edge${waiting.has(edge.to) ? ' slow' : edge.rate > 0 ? '' : ' still'}`)
      setText(parts.label, rate(edge.rate))
    }
  }

  #sentenceFor(graph: JobGraph): void {
    const { culprit } = graph
    const sentence = culprit?.sentence ?? 'Nothing holds the flow back.'
    const isNamed = culprit !== undefined && sentence.startsWith(culprit.node)
    replaceWhenChanged(this.#sentence, sentence, () =>
      isNamed ? [element('b', {}, culprit.node), sentence.slice(culprit.node.length)] : [sentence],
    )
  }

  #build(graph: JobGraph, topDown: boolean): void {
    const laid = layoutGraph(graph, nodeSize, topDown)
    const svg = svgElement('svg', {
      viewBox: `0 0 ${laid.width} ${laid.height}`,
      width: laid.width,
      height: laid.height,
      role: 'img',
      'aria-label': `Graph of ${graph.job}: ${graph.edges.map(edge => `${edge.from} to ${edge.to}`).join(', ')}`,
    })
    this.#edges = new Map()
    this.#nodes = new Map()
    for (const edge of laid.edges) {
      const from = laid.nodes.get(edge.from)!
      const to = laid.nodes.get(edge.to)!
      const path = svgElement('path', { d: edgePath(from, to, edge.points, topDown), class: 'edge' })
      const at = topDown
        ? { x: (from.x + to.x) / 2 + 6, y: (from.y + to.y) / 2 + 4 }
        : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 8 }
      const label = svgElement('text', { class: topDown ? 'rate left' : 'rate', x: at.x, y: at.y })
      svg.append(path, label)
      this.#edges.set(`${edge.from}>${edge.to}`, { path, label })
    }
    for (const node of graph.nodes) {
      const { x, y } = laid.nodes.get(node.id)!
      const title = svgElement('title')
      const detail = svgElement('text', { class: 'sub', y: 5 })
      const state = svgElement('text', { class: 'sub', y: 19 })
      const group = svgElement(
        'g',
        { class: `node ${node.kind}`, transform: `translate(${x} ${y})` },
        title,
        svgElement('rect', { x: -nodeSize.width / 2, y: -nodeSize.height / 2, width: nodeSize.width, height: nodeSize.height, rx: 9 }),
        svgElement('text', { y: -11 }, cut(node.id, 21)),
        detail,
        state,
      )
      svg.append(group)
      this.#nodes.set(node.id, { group, title, detail, state })
    }
    this.#host.replaceChildren(svg)
  }

  #update(node: GraphNode, now: number, isCulprit: boolean): void {
    const parts = this.#nodes.get(node.id)
    if (!parts) return
    const words = nodeState(node, now)
    setText(parts.detail, cut(node.detail || node.op, detailLength))
    setText(parts.state, cut(words, detailLength))
    const counters = Object.entries(node.counters).map(([name, value]) => `${name} ${count(value)}`)
    const busy = `busy ${Math.round(node.busy * 100)} %`
    setText(
      parts.title,
      [`${node.id} (${node.op})`, node.detail, words, `in ${count(node.rowsIn)}, out ${count(node.rowsOut)}, ${busy}`, ...counters]
        .filter(Boolean)
        .join('\n'),
    )
    const isBusy = node.busy >= 0.8 && !node.waiting
    setAttribute(
      parts.group,
      'class',
      `node ${node.kind}${isCulprit ? ' culprit' : ''}${node.waiting ? ' waits' : ''}${isBusy ? ' busy' : ''}`,
    )
  }
}

/** What a node says about itself: what it waits for, that it is idle and for how long, or its watermark. */
export const nodeState = (node: GraphNode, now: number): string => {
  if (node.waiting) return `waits for ${node.waiting.for} ${duration(now - node.waiting.since)}`
  if (node.idle) return node.watermark === null ? 'idle' : `idle ${duration(now - node.watermark)}`
  return node.watermark === null || !Number.isFinite(node.watermark) ? 'no watermark yet' : `watermark ${clockTime(node.watermark, true)}`
}

/** Edge width by the square root of its share, so that a trickle beside a torrent can still be seen. */
const edgeWidth = (perSecond: number, top: number): number => 1.5 + 6 * Math.sqrt(Math.max(0, perSecond) / top)

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)

interface Point {
  readonly x: number
  readonly y: number
}

/** A calm curve from node to node; through the layout's bends where the edge passes other nodes. */
const edgePath = (from: Point, to: Point, points: readonly Point[], topDown: boolean): string => {
  const start = topDown ? { x: from.x, y: from.y + nodeSize.height / 2 } : { x: from.x + nodeSize.width / 2, y: from.y }
  const end = topDown ? { x: to.x, y: to.y - nodeSize.height / 2 } : { x: to.x - nodeSize.width / 2, y: to.y }
  const stops = points.length > 3 ? [start, ...points.slice(1, -1), end] : [start, end]
  let path = `M${start.x} ${start.y}`
  for (let i = 1; i < stops.length; i++) {
    const a = stops[i - 1]!
    const b = stops[i]!
    const half = topDown ? (a.y + b.y) / 2 : (a.x + b.x) / 2
    path += topDown ? `C${a.x} ${half} ${b.x} ${half} ${b.x} ${b.y}` : `C${half} ${a.y} ${half} ${b.y} ${b.x} ${b.y}`
  }
  return path
}
