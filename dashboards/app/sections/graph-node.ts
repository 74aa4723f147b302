import type { GraphNode } from '../../../src/model/api.js'
import { setAttribute, setText, svgElement } from '../dom/element.js'
import { type NodePlace, nodeState } from '../text/node-state.js'
import { nodeTitle } from '../text/node-title.js'
import { shortName } from '../text/short-name.js'
import { balancedText, wrapText } from '../text/wrap-text.js'

/** How nodes are set: characters a line and lines kept for details and state. */
export interface NodeStyle {
  readonly width: number
  readonly letters: number
  readonly detailLines: number
  readonly stateLines: number
}

export const wideNodes: NodeStyle = { width: 176, letters: 31, detailLines: 2, stateLines: 1 }
export const narrowNodes: NodeStyle = { width: 104, letters: 16, detailLines: 3, stateLines: 2 }
/** For a projector: little, and that large. */
export const farNodes: NodeStyle = { width: 136, letters: 21, detailLines: 0, stateLines: 1 }

const lineHeight = 13.5

/** One node of the graph: name, what it does, and what it waits for or how far it is. */
export class NodeBox {
  readonly root: SVGGElement
  readonly height: number
  readonly #busy: SVGRectElement
  readonly #details: readonly SVGTextElement[]
  readonly #states: readonly SVGTextElement[]
  readonly #style: NodeStyle
  #detail: string | undefined

  constructor(node: GraphNode, style: NodeStyle) {
    this.#style = style
    const detailLines = wrapText(node.detail || node.op, style.letters, style.detailLines).length
    this.height = 30 + (detailLines + style.stateLines) * lineHeight
    const top = -this.height / 2
    const line = (i: number, name: string): SVGTextElement => svgElement('text', { class: name, y: top + 34 + i * lineHeight })
    this.#details = Array.from({ length: detailLines }, (_, i) => line(i, 'sub'))
    this.#states = Array.from({ length: style.stateLines }, (_, i) => line(detailLines + i, 'sub progress'))
    const box = svgElement('rect', { x: -style.width / 2, y: top, width: style.width, height: this.height, rx: 9 })
    const name = svgElement('text', { y: top + 19 }, shortName(nodeTitle(node), Math.floor(style.letters * 0.72)))
    // A gauge along the lower rim: how much of a core it takes.
    this.#busy = svgElement('rect', { class: 'gauge', x: -style.width / 2 + 9, y: -top - 3, width: 0, height: 3, rx: 1.5 })
    this.root = svgElement('g', { role: 'button', tabindex: -1 }, box, this.#busy, name, ...this.#details, ...this.#states)
  }

  update(node: GraphNode, place: NodePlace, isCulprit: boolean): void {
    const words = nodeState(node, place)
    const { letters } = this.#style
    // What waits or is busy is set in bold, which is wider.
    const isBusy = node.busy >= 0.8 && !node.waiting
    const isBold = isCulprit || isBusy || node.waiting !== undefined
    const states = wrapText(words, isBold ? Math.floor(letters * 0.85) : letters, this.#states.length)
    this.#describe(node.detail || node.op)
    for (const [i, text] of this.#states.entries()) setText(text, states[i] ?? '')
    setAttribute(this.#busy, 'width', (Math.min(1, Math.max(0, node.busy)) * (this.#style.width - 18)).toFixed(1))
    setAttribute(this.root, 'aria-label', [nodeTitle(node), node.detail, words].filter(Boolean).join(', '))
    const kinds = ['node', node.kind, isCulprit ? 'culprit' : '', node.waiting ? 'waits' : '', isBusy ? 'busy' : '']
    setAttribute(this.root, 'class', kinds.filter(Boolean).join(' '))
  }

  #describe(detail: string): void {
    if (detail === this.#detail) return
    this.#detail = detail
    const lines = balancedText(detail, this.#style.letters, this.#details.length)
    for (const [i, text] of this.#details.entries()) setText(text, lines[i] ?? '')
  }
}
