import type { ViewInfo } from '../model/api.js'
import { nearest } from '../model/nearest.js'
import type { Panel } from './dashboard.js'

/** Why a panel cannot be shown with these views; undefined when it fits. */
export const misfit = (panel: Panel, views: readonly ViewInfo[]): string | undefined => {
  if (panel.kind === 'graph') return undefined
  const view = views.find(info => info.id === panel.view)
  if (!view)
    return unknown(
      'view',
      panel.view,
      views.map(info => info.id),
    )
  const columns = view.columns.map(column => column.name)
  const numeric = view.columns.filter(column => column.type === 'number' || column.type === 'integer').map(column => column.name)
  if (!numeric.includes(panel.column)) return unknown(`numeric column of ${view.id}`, panel.column, numeric)
  for (const name of panel.kind === 'line' ? (panel.band ?? []) : []) {
    if (!numeric.includes(name)) return unknown(`numeric column of ${view.id}`, name, numeric)
  }
  if (panel.by !== undefined && !columns.includes(panel.by)) return unknown(`column of ${view.id}`, panel.by, columns)
  return undefined
}

const unknown = (what: string, name: string, known: readonly string[]): string => {
  const meant = nearest(name, known)
  const hint = meant ? `did you mean "${meant}"?` : known.length > 0 ? `known are ${known.join(', ')}` : 'the job has none'
  return `"${name}" is not a ${what}; ${hint}`
}
