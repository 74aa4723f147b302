import type { JobGraph, JobSummary } from '../../../src/model/api.js'
import { element, replaceWhenChanged, svgElement } from '../dom/element.js'
import { walkFocus } from '../dom/walk-focus.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { arrivalNodes } from '../text/arrival-nodes.js'
import { nodeTitle } from '../text/node-title.js'
import { EdgeTap } from './edge-tap.js'
import { EdgeLine } from './graph-edge.js'
import { layoutGraph } from './graph-layout.js'
import { farNodes, NodeBox, type NodeStyle, narrowNodes, wideNodes } from './graph-node.js'
import type { GraphPanel } from './graph-panel.js'
import { NodeFacts } from './node-facts.js'

/** A graph that would have to be drawn smaller than this to fit runs top down instead. */
const leastScale = 0.72
/** Said of a job through which nothing flows any more. */
const over: Partial<Record<JobSummary['state'], string>> = { failed: 'The job failed; nothing flows.', stopped: 'The job has ended.' }
/** Pixels below which its nodes are narrow, too. */
const narrowWidth = 560

/**
 * The job's graph: edge width and words say the rate, each node its watermark, and one sentence who holds it back.
 * Nodes open what is known of them, edges the rows that pass.
 */
export class Graph implements Section {
  readonly root: HTMLElement
  readonly #context: PageContext
  readonly #sentence = element('p', { class: 'culprit' })
  readonly #host = element('div', { class: 'graph-host' })
  readonly #panelHost = element('div')
  /** What the graph consists of; when that changes, it is laid out anew. */
  #names = ''
  /** Its width when it runs from left to right. */
  #flatWidth = 0
  /** Whether what is drawn runs top down. */
  #built: boolean | undefined
  /** Nodes above any `eventTime`. */
  #arrivals: ReadonlySet<string> = new Set()
  #nodes = new Map<string, NodeBox>()
  #edges = new Map<string, EdgeLine>()
  #panel: GraphPanel | undefined
  #opener: SVGGElement | undefined

  constructor(context: PageContext) {
    this.#context = context
    const head = element('header', {}, element('h2', {}, 'Job graph'), this.#sentence)
    this.root = element(
      'section',
      { class: 'card graph', hidden: true, 'aria-label': 'Graph of the job' },
      head,
      this.#host,
      this.#panelHost,
    )
    this.#panelHost.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.#closePanel()
    })
    context.screen.watch(this.root)
  }

  draw(state: PageState): void {
    const { graph, job } = state
    const wasHidden = this.root.hidden
    this.root.hidden = !graph || graph.nodes.length === 0
    if (!graph || !job || this.root.hidden) return
    if (!wasHidden && !this.#context.screen.isDue(this.root)) return
    const names = `${graph.nodes.map(node => node.id).join()}|${graph.edges.map(edgeKey).join()}`
    if (names !== this.#names) {
      this.#names = names
      this.#arrivals = arrivalNodes(graph)
      this.#flatWidth = layoutGraph(sizesOf(makeBoxes(graph, wideNodes), wideNodes), graph.edges, false).width
      this.#built = undefined
    }
    const width = this.#host.clientWidth
    const topDown = !this.#context.isKiosk && width < this.#flatWidth * leastScale
    if (topDown !== this.#built) {
      this.#built = topDown
      const flat = this.#context.isKiosk ? farNodes : wideNodes
      this.#build(graph, topDown, topDown && width < narrowWidth ? narrowNodes : flat)
    }
    this.#sentenceFor(graph, job.state)
    for (const node of graph.nodes) {
      const place = { now: job.now, isArrival: this.#arrivals.has(node.id), isOver: job.state === 'stopped' }
      this.#nodes.get(node.id)?.update(node, place, graph.culprit?.node === node.id)
    }
    const waiting = new Set(graph.nodes.filter(node => node.waiting).map(node => node.id))
    const top = Math.max(...graph.edges.map(edge => edge.rate), 1e-9)
    for (const edge of graph.edges) this.#edges.get(edgeKey(edge))?.update(edge, top, waiting.has(edge.to))
    this.#panel?.draw(graph, job)
  }

  dispose(): void {
    this.#context.screen.forget(this.root)
    this.#panel?.dispose?.()
  }

  #sentenceFor(graph: JobGraph, state: JobSummary['state']): void {
    const { culprit } = graph
    const sentence = culprit?.sentence ?? over[state] ?? 'Nothing holds the flow back.'
    const isNamed = culprit?.sentence.startsWith(culprit.node) === true
    replaceWhenChanged(this.#sentence, sentence, () =>
      isNamed ? [element('b', {}, culprit.node), sentence.slice(culprit.node.length)] : [sentence],
    )
  }

  #build(graph: JobGraph, topDown: boolean, style: NodeStyle): void {
    this.#nodes = makeBoxes(graph, style)
    this.#edges = new Map()
    const titles = new Map(graph.nodes.map(node => [node.id, nodeTitle(node)]))
    const titleOf = (id: string): string => titles.get(id) ?? id
    const laid = layoutGraph(sizesOf(this.#nodes, style), graph.edges, topDown)
    const svg = svgElement('svg', {
      viewBox: `0 0 ${laid.width} ${laid.height}`,
      width: laid.width,
      height: laid.height,
      role: 'group',
      // It listens to the focus of its parts, by which browsers take a drawing for a stop of the Tab key.
      tabindex: -1,
      'aria-label': `Graph of ${graph.job}: ${graph.nodes.length} nodes, ${graph.edges.length} edges. Arrow keys go from one to the next.`,
    })
    const lines = laid.edges.map(edge => {
      const title = `${titleOf(edge.from)} → ${titleOf(edge.to)}`
      const line = new EdgeLine(title, edge.stops, topDown)
      this.#edges.set(edgeKey(edge), line)
      const { job, mark } = this.#context
      this.#opens(line.root, close => new EdgeTap(job, edge, title, close, mark))
      return line
    })
    for (const [id, box] of this.#nodes) {
      const { x, y } = laid.nodes.get(id) ?? { x: 0, y: 0 }
      box.root.setAttribute('transform', `translate(${x} ${y})`)
      this.#opens(box.root, close => new NodeFacts(id, titleOf(id), close))
    }
    svg.append(...lines.map(line => line.root), ...[...this.#nodes.values()].map(box => box.root))
    // A projector's graph fills its place, but two nodes are not blown up to posters.
    if (this.#context.isKiosk) svg.style.maxWidth = `${laid.width * 1.8}px`
    this.#host.replaceChildren(svg)
    // Each node, then the edges that leave it: the order of the flow.
    const stops = [...this.#nodes].flatMap(([id, box]) => [
      box.root,
      ...laid.edges.flatMap((edge, i) => (edge.from === id ? [lines[i]!.root] : [])),
    ])
    if (!this.#context.isKiosk) walkFocus(svg, stops)
  }

  /** Whoever opened it has the focus again. */
  #closePanel(): void {
    if (!this.#panel) return
    this.#panel.dispose?.()
    this.#panel = undefined
    this.#panelHost.replaceChildren()
    this.#opener?.focus()
  }

  #opens(part: SVGGElement, make: (close: () => void) => GraphPanel): void {
    if (this.#context.isKiosk) return
    const open = (): void => {
      this.#closePanel()
      this.#opener = part
      this.#panel = make(() => this.#closePanel())
      this.#panelHost.replaceChildren(this.#panel.root)
      this.#context.mark(true)
    }
    part.addEventListener('click', open)
    part.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      open()
    })
  }
}

const edgeKey = (edge: { readonly from: string; readonly to: string }): string => `${edge.from}\u0000${edge.to}`

const makeBoxes = (graph: JobGraph, style: NodeStyle): Map<string, NodeBox> =>
  new Map(graph.nodes.map(node => [node.id, new NodeBox(node, style)]))

const sizesOf = (boxes: ReadonlyMap<string, NodeBox>, { width }: NodeStyle): ReadonlyMap<string, { width: number; height: number }> =>
  new Map([...boxes].map(([id, { height }]) => [id, { width, height }]))
