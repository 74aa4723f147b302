import type { Dashboard } from '../../../src/dashboard/dashboard.js'
import { deriveDashboard } from '../../../src/dashboard/derive-dashboard.js'
import { misfit } from '../../../src/dashboard/misfit.js'
import { DashboardError, parseDashboard } from '../../../src/dashboard/parse-dashboard.js'
import type { ViewInfo } from '../../../src/model/api.js'
import { getJson } from '../feed/get-json.js'

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
