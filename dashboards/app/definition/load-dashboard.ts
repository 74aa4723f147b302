import type { ViewInfo } from '../../../src/model/api.js'
import { nearest } from '../../../src/model/nearest.js'
import { getJson } from '../feed/get-json.js'
import type { Dashboard, Panel } from './dashboard.js'
import { deriveDashboard } from './derive-dashboard.js'
import { DashboardError, parseDashboard } from './parse-dashboard.js'

/** A dashboard to show, and what is wrong with the definition in words for the reader. */
export interface LoadedDashboard {
  readonly dashboard: Dashboard
  readonly problems: readonly string[]
}

/** The job's definition when there is a good one; else a page derived from its views, with the reason when a definition was refused. */
export const loadDashboard = async (job: string, views: readonly ViewInfo[]): Promise<LoadedDashboard> => {
  const folder = await definitionFolder(job)
  if (folder === undefined) return { dashboard: deriveDashboard(job, views), problems: [] }
  const file = `${folder}/${encodeURIComponent(job)}.json`
  try {
    const dashboard = parseDashboard(await getJson<unknown>(file), file)
    const checked = dashboard.panels.map(panel => ({ panel, problem: misfit(panel, views) }))
    const panels = checked.flatMap(({ panel, problem }) => (problem ? [] : [panel]))
    return { dashboard: { ...dashboard, panels }, problems: checked.flatMap(({ problem }) => problem ?? []) }
  } catch (error) {
    if (!(error instanceof DashboardError)) throw error
    return { dashboard: deriveDashboard(job, views), problems: error.problems.map(p => `${file}: ${p.at}: ${p.message} (${p.hint})`) }
  }
}

/** Where the job's definition lies: the server's own folder goes before the definitions that came with the page. */
const definitionFolder = async (job: string): Promise<string | undefined> => {
  if ((await getJson<string[]>('api/v1/dashboards'))?.includes(job)) return 'api/v1/dashboards'
  return (await getJson<string[]>('dashboards/index.json'))?.includes(job) ? 'dashboards' : undefined
}

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
