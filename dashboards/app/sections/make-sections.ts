import type { Dashboard } from '../../../src/dashboard/dashboard.js'
import type { ViewInfo } from '../../../src/model/api.js'
import { LineChart } from '../chart/line-chart.js'
import { element } from '../dom/element.js'
import type { Section } from '../page-state.js'
import { Alerts } from './alerts.js'
import { DeadLetters } from './dead-letters.js'
import { Devices } from './devices.js'
import { Fate } from './fate.js'
import { Graph } from './graph.js'

/**
 * Builds the page of one job in the order of the reader's eye: the first chart with alerts and counts beside it,
 * devices, further charts, the graph, dead letters.
 */
export const makeSections = (
  job: string,
  dashboard: Dashboard,
  problems: readonly string[],
  views: readonly ViewInfo[],
  body: HTMLElement,
  mark: () => void,
): readonly Section[] => {
  const every = (view: string): number | undefined => views.find(info => info.id === view)?.window?.every
  const lines = dashboard.panels.filter(panel => panel.kind === 'line')
  const charts = lines.map((panel, i) => new LineChart(job, panel, dashboard.range, every(panel.view), mark, i === 0))
  const alertPanels = dashboard.panels.filter(panel => panel.kind === 'alerts')
  const alerts = alertPanels.length > 0 ? [new Alerts(alertPanels)] : []
  const devices = dashboard.panels.flatMap(panel => (panel.kind === 'multiples' ? [new Devices(panel, alertPanels[0], mark)] : []))
  const fate = new Fate()
  const graph = new Graph()
  const dead = new DeadLetters(job)
  const [first, ...others] = charts
  const aside = element('aside', { class: 'stack', 'aria-label': 'Alerts and counts' }, ...alerts.map(section => section.root), fate.root)
  const top = first ? element('section', { class: 'grid2', 'aria-label': 'Now' }, first.root, aside) : aside
  const more =
    others.length > 0 ? [element('section', { class: 'charts', 'aria-label': 'More charts' }, ...others.map(chart => chart.root))] : []
  const wrong = problems.length > 0 ? [problemCard(problems)] : []
  body.replaceChildren(...wrong, top, ...devices.map(section => section.root), ...more, graph.root, dead.root)
  return [...charts, ...alerts, fate, ...devices, graph, dead]
}

const problemCard = (problems: readonly string[]): HTMLElement =>
  element(
    'section',
    { class: 'card problems', 'aria-label': 'Dashboard definition' },
    element('h2', {}, 'The dashboard definition needs a hand'),
    element('ul', {}, ...problems.map(problem => element('li', {}, problem))),
  )
