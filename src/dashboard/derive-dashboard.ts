import type { ViewInfo } from '../model/api.js'
import type { Dashboard, LinePanel, MultiplesPanel, Panel } from './dashboard.js'

/** Columns that tell the level of a thing, best first. */
const levels = ['mean', 'avg', 'average', 'median', 'value', 'last', 'max', 'peak', 'sum', 'total']
const lows = ['min', 'low', 'lowest']
const highs = ['max', 'peak', 'high', 'highest']

/**
 * A sensible page for a job without a definition: a line for each view with numbers (with its band where the view has
 * one), and small multiples of the first keyed view. Views without numbers have nothing to draw; what sinks were sent is
 * drawn only where there is nothing else, for it mostly repeats a view.
 */
export const deriveDashboard = (job: string, views: readonly ViewInfo[]): Dashboard => {
  const panels: Panel[] = []
  let multiples: MultiplesPanel | undefined
  const drawn = (of: readonly ViewInfo[]): readonly LinePanel[] => of.flatMap(view => linePanel(view) ?? [])
  const own = drawn(views.filter(view => !view.sink))
  for (const panel of own.length > 0 ? own : drawn(views)) {
    panels.push(panel)
    if (panel.by && !multiples) {
      multiples = { kind: 'multiples', view: panel.view, column: panel.column, by: panel.by, ...(panel.unit ? { unit: panel.unit } : {}) }
    }
  }
  if (multiples) panels.push(multiples)
  panels.push({ kind: 'graph', job })
  return { title: job, range: undefined, panels }
}

const linePanel = (view: ViewInfo): LinePanel | undefined => {
  const numbers = view.columns.filter(
    column => (column.type === 'number' || column.type === 'integer') && !column.key && column.name !== 'revision',
  )
  const named = levels.flatMap(name => numbers.find(column => column.name === name) ?? [])[0]
  const level = named ?? numbers.find(column => column.type === 'number') ?? numbers[0]
  if (!level) return undefined
  const low = numbers.find(column => lows.includes(column.name))
  const high = numbers.find(column => highs.includes(column.name))
  const key = view.columns.find(column => column.key && column.name !== 'window_start' && column.name !== 'window_end')
  const isBand = low && high && level !== low && level !== high
  return {
    kind: 'line',
    view: view.id,
    column: level.name,
    ...(isBand ? { band: [low.name, high.name] as const } : {}),
    ...(key ? { by: key.name } : {}),
    ...(level.unit ? { unit: level.unit } : {}),
    title: view.id,
    thresholds: [],
  }
}
