import type { Dashboard } from '../../../src/dashboard/dashboard.js'
import type { ViewInfo } from '../../../src/model/api.js'
import { LineChart } from '../chart/line-chart.js'
import { element } from '../dom/element.js'
import type { PageContext, Section } from '../page-state.js'
import { Alerts } from './alerts.js'
import { DeadLetters } from './dead-letters.js'
import { DemoBar } from './demo-bar.js'
import { Devices } from './devices.js'
import { Fate } from './fate.js'
import { Graph } from './graph.js'
import { LateRows } from './late-rows.js'

/** A definition may name more; nobody looks at them. */
const mostCharts = 100

/**
 * Builds the page of one job in the order of the reader's eye: the first chart with alerts and counts beside it,
 * devices, further charts, the graph, late rows, dead letters. A projector shows what can be read from afar.
 */
export const makeSections = (
  context: PageContext,
  dashboard: Dashboard,
  problems: readonly string[],
  views: readonly ViewInfo[],
  body: HTMLElement,
): readonly Section[] => {
  const every = (view: string): number | undefined => views.find(info => info.id === view)?.window?.every
  const lines = dashboard.panels.filter(panel => panel.kind === 'line').slice(0, context.isKiosk ? 1 : mostCharts)
  const charts = lines.map(panel => new LineChart(context, panel, dashboard.range, every(panel.view)))
  const hasLimits = dashboard.panels.some(panel => panel.kind === 'alerts' || (panel.kind === 'line' && panel.thresholds.length > 0))
  const alerts = hasLimits ? [new Alerts(context)] : []
  const multiples = dashboard.panels.filter(panel => panel.kind === 'multiples').slice(0, context.isKiosk ? 1 : mostCharts)
  const devices = multiples.map(panel => new Devices(panel, context))
  const demo = new DemoBar(context)
  const fate = new Fate()
  const graph = new Graph(context)
  const [first, ...others] = charts
  const aside = element('aside', { class: 'stack', 'aria-label': 'Alerts and counts' }, ...alerts.map(section => section.root), fate.root)
  const roots = (sections: readonly Section[]): readonly HTMLElement[] => sections.map(section => section.root)
  if (context.isKiosk) {
    const left = element('section', { 'aria-label': 'Now' }, ...roots(charts), graph.root)
    const right = element('section', { 'aria-label': 'Alerts, counts and devices' }, aside, ...roots(devices))
    body.replaceChildren(left, right, demo.root)
    return [...charts, ...alerts, fate, ...devices, graph, demo]
  }
  const top = first ? element('section', { class: 'grid2', 'aria-label': 'Now' }, first.root, aside) : aside
  const late = new LateRows(context)
  const dead = new DeadLetters(context)
  const more = others.length > 0 ? [element('section', { class: 'charts', 'aria-label': 'More charts' }, ...roots(others))] : []
  const wrong = problems.length > 0 ? [problemCard(problems)] : []
  body.replaceChildren(demo.root, ...wrong, top, ...roots(devices), ...more, graph.root, late.root, dead.root)
  return [demo, ...charts, ...alerts, fate, ...devices, graph, late, dead]
}

const problemCard = (problems: readonly string[]): HTMLElement =>
  element(
    'section',
    { class: 'card problems', 'aria-label': 'Dashboard definition' },
    element('h2', {}, 'The dashboard definition needs a hand'),
    element('ul', {}, ...problems.map(problem => element('li', {}, problem))),
  )
