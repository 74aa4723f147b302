import type { ViewColumn, ViewInfo } from '../model/api.js'
import { nearest } from '../model/nearest.js'
import type { Dashboard, Panel } from './dashboard.js'
import type { DashboardProblem } from './parse-dashboard.js'

/** What a dashboard needs to know of a view. */
export type DashboardView = Pick<ViewInfo, 'id'> & { readonly columns: readonly Pick<ViewColumn, 'name' | 'type'>[] }

/**
 * Every panel that cannot be shown with these views, with what was probably meant; the others can.
 *
 * @example
 * misfits(dashboard, views) // [{ at: 'panels[0].line', message: '"maen" is not a numeric column of climate', hint: 'did you mean "mean"?' }]
 */
export const misfits = (dashboard: Dashboard, views: readonly DashboardView[]): readonly DashboardProblem[] =>
  dashboard.panels.flatMap((panel, i) => {
    const problem = problemOf(panel, views)
    return problem ? [{ ...problem, at: `panels[${i}].${problem.at}` }] : []
  })

/** Why a panel cannot be shown with these views; undefined when it fits. */
export const misfit = (panel: Panel, views: readonly DashboardView[]): string | undefined => {
  const problem = problemOf(panel, views)
  return problem && `${problem.message}; ${problem.hint}`
}

const problemOf = (panel: Panel, views: readonly DashboardView[]): DashboardProblem | undefined => {
  if (panel.kind === 'graph') return undefined
  const view = views.find(info => info.id === panel.view)
  const ids = views.map(info => info.id)
  if (!view) return unknown(panel.kind, 'view', panel.view, ids)
  const columns = view.columns.map(column => column.name)
  const numeric = view.columns.filter(column => column.type === 'number' || column.type === 'integer').map(column => column.name)
  if (!numeric.includes(panel.column)) return unknown(panel.kind, `numeric column of ${view.id}`, panel.column, numeric)
  for (const name of panel.kind === 'line' ? (panel.band ?? []) : []) {
    if (!numeric.includes(name)) return unknown('band', `numeric column of ${view.id}`, name, numeric)
  }
  if (panel.by !== undefined && !columns.includes(panel.by)) return unknown('by', `column of ${view.id}`, panel.by, columns)
  return undefined
}

/** Names listed where none is near; more would hide the message. */
const mostListed = 12

const unknown = (at: string, what: string, name: string, known: readonly string[]): DashboardProblem => {
  const meant = nearest(name.slice(0, 64), known)
  const listed = `${known.slice(0, mostListed).join(', ')}${known.length > mostListed ? ', …' : ''}`
  const hint = meant ? `did you mean "${meant}"?` : known.length > 0 ? `known are ${listed}` : 'the job has none'
  return { at, message: `"${name}" is not a ${what}`, hint }
}
