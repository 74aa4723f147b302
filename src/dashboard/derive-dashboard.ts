import type { ViewColumn, ViewInfo } from '../model/api.js'
import type { Dashboard, LinePanel, MultiplesPanel } from './dashboard.js'

/** Columns that tell the level of a thing, best first. */
const levels = ['mean', 'avg', 'average', 'median', 'value', 'last', 'max', 'peak', 'sum', 'total']
const lows = ['min', 'low', 'lowest']
const highs = ['max', 'peak', 'high', 'highest']
/** Columns that say how sure a level is, or of how many rows it is made. */
const beside = ['stddev', 'variance', 'n', 'count', 'rows']

const mostLines = 12
/** Lines of one view: temperature and humidity of a room are two things, its mean and its median are one. */
const mostOfView = 3

/**
 * A sensible page for a job without a definition: for each view a line of its level, with its band where the view has
 * one, and of each further unit; small multiples of the first keyed view; the graph. Views without numbers have nothing
 * to draw. What sinks were sent is drawn only where there is nothing else, for it mostly repeats a view.
 *
 * @example
 * deriveDashboard('room-climate', views).panels.map(panel => panel.kind) // ['line', 'multiples', 'graph']
 */
export const deriveDashboard = (job: string, views: readonly ViewInfo[]): Dashboard => {
  const own = views.filter(view => !view.sink).flatMap(linesOf)
  const lines = (own.length > 0 ? own : views.flatMap(linesOf)).slice(0, mostLines)
  // Views of one job mostly tell of the same things: once is enough.
  const keyed = lines.find(({ by }) => by !== undefined)
  return { title: job, range: undefined, panels: [...lines, ...(keyed ? [multiplesOf(keyed)] : []), { kind: 'graph', job }] }
}

const linesOf = (view: ViewInfo): readonly LinePanel[] => {
  const numbers = view.columns.filter(isDrawn)
  const columns = levelsOf(numbers)
  const by = view.columns.find(column => column.key && column.name !== 'window_start' && column.name !== 'window_end')?.name
  return columns.map(level => {
    const band = bandOf(level, numbers)
    return {
      kind: 'line',
      view: view.id,
      column: level.name,
      ...(band && { band }),
      ...(by !== undefined && { by }),
      ...(level.unit !== undefined && { unit: level.unit }),
      title: columns.length > 1 ? `${view.id} ${level.name}` : view.id,
      thresholds: [],
    }
  })
}

const isDrawn = ({ type, key, name }: ViewColumn): boolean => (type === 'number' || type === 'integer') && !key && name !== 'revision'

/** The level of the view, then one for each other unit. */
const levelsOf = (numbers: readonly ViewColumn[]): readonly ViewColumn[] => {
  const rank = ({ name, type }: ViewColumn): number => {
    const named = levels.indexOf(name)
    if (named >= 0) return named
    return levels.length + (beside.includes(name) ? 2 : lows.includes(name) || type === 'integer' ? 1 : 0)
  }
  const [level, ...others] = [...numbers].sort((a, b) => rank(a) - rank(b))
  if (!level) return []
  const units = new Set([level.unit])
  const further = others.filter(({ unit, name }) => {
    if (unit === undefined || units.has(unit) || beside.includes(name)) return false
    units.add(unit)
    return true
  })
  return [level, ...further].slice(0, mostOfView)
}

/** Lows and highs of the same unit, around a level that is neither. */
const bandOf = (level: ViewColumn, numbers: readonly ViewColumn[]): readonly [string, string] | undefined => {
  const around = numbers.filter(({ unit }) => unit === level.unit)
  const low = around.find(({ name }) => lows.includes(name))
  const high = around.find(({ name }) => highs.includes(name))
  return low && high && level !== low && level !== high ? [low.name, high.name] : undefined
}

const multiplesOf = ({ view, column, by, unit }: LinePanel): MultiplesPanel => ({
  kind: 'multiples',
  view,
  column,
  ...(by !== undefined && { by }),
  ...(unit !== undefined && { unit }),
})
