import type { JobGraph } from '../../../src/model/api.js'
import { setAttribute, setText, svgElement } from '../dom/element.js'
import { rate } from '../text/format.js'
import { curve, type Point } from './graph-layout.js'

type Edge = JobGraph['edges'][number]

/** One edge of the graph: as wide as it carries much, its rate in words, and wide enough to be hit. */
export class EdgeLine {
  readonly root: SVGGElement
  readonly #title: string
  readonly #line: SVGPathElement
  readonly #label: SVGTextElement

  constructor(title: string, stops: readonly Point[], topDown: boolean) {
    this.#title = title
    const d = curve(stops, topDown)
    this.#line = svgElement('path', { d, class: 'edge' })
    this.#label = svgElement('text', { class: 'rate', ...labelPlace(stops, topDown) })
    const reach = svgElement('path', { d, class: 'reach' })
    this.root = svgElement('g', { class: 'link', role: 'button', tabindex: -1 }, reach, this.#line, this.#label)
  }

  /** @param top the highest rate of the graph */
  update(edge: Edge, top: number, isBlocked: boolean): void {
    const words = rate(edge.rate)
    setAttribute(this.#line, 'stroke-width', edgeWidth(edge.rate, top).toFixed(1))
    setAttribute(this.#line, 'class', `edge${isBlocked ? ' slow' : edge.rate > 0 ? '' : ' still'}`)
    setText(this.#label, words)
    setAttribute(this.root, 'aria-label', `${this.#title}, ${words}${isBlocked ? ', waits' : ''}: see rows that pass`)
  }
}

/** Labels stand near the target, where branches have already parted. */
const labelPlace = (stops: readonly Point[], topDown: boolean): { readonly x: number; readonly y: number } => {
  const a = stops.at(-2) ?? { x: 0, y: 0 }
  const b = stops.at(-1) ?? a
  if (topDown) return { x: b.x, y: a.y + (b.y - a.y) * 0.78 + 4 }
  return { x: b.x - Math.min(30, (b.x - a.x) / 2), y: a.y < b.y - 6 ? b.y + 17 : b.y - 8 }
}

/** Edge width by the square root of its share, so that a trickle beside a torrent can still be seen. */
const edgeWidth = (perSecond: number, top: number): number => 1.5 + 6 * Math.sqrt(Math.max(0, perSecond) / top)
