import type { GraphNode, JobGraph, JobSummary } from '../../../src/model/api.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import { arrivalNodes } from '../text/arrival-nodes.js'
import { count, dateTime, duration } from '../text/format.js'
import { nodeState } from '../text/node-state.js'
import type { GraphPanel } from './graph-panel.js'

/** All that is known of one node of the graph. */
export class NodeFacts implements GraphPanel {
  readonly root: HTMLElement
  readonly #id: string
  readonly #facts = element('dl', { class: 'facts' })

  constructor(id: string, title: string, close: () => void) {
    this.#id = id
    const away = element('button', { type: 'button' }, 'Close')
    away.addEventListener('click', close)
    const head = element('header', {}, element('h3', {}, title), element('div', { class: 'ranges' }, away))
    this.root = element('div', { class: 'graph-panel' }, head, this.#facts)
  }

  draw(graph: JobGraph, { now, state }: JobSummary): void {
    const node = graph.nodes.find(({ id }) => id === this.#id)
    if (!node) return
    const isArrival = arrivalNodes(graph).has(this.#id)
    const facts: readonly (readonly [string, string])[] = [
      ['operator', `${node.op} · ${node.id}`],
      ['does', node.detail],
      ['state', nodeState(node, { now, isArrival, isOver: state === 'stopped' })],
      isArrival ? ['last arrival', lastWords(node, now, 'ago')] : ['watermark', lastWords(node, now, 'behind the clock')],
      ['rows in', count(node.rowsIn)],
      ['rows out', count(node.rowsOut)],
      ['busy', `${Math.round(node.busy * 100)} % of one core`],
      ...Object.entries(node.counters).map(([name, value]) => [name.replaceAll('_', ' '), count(value)] as const),
    ]
    const shown = facts.filter(([, words]) => words !== '')
    replaceWhenChanged(this.#facts, JSON.stringify(shown), () =>
      shown.map(([name, words]) => element('div', {}, element('dt', {}, name), element('dd', {}, words))),
    )
  }
}

const lastWords = ({ watermark }: GraphNode, now: number, side: string): string =>
  watermark === null ? 'none yet' : `${dateTime(watermark)} UTC, ${duration(now - watermark)} ${side}`
