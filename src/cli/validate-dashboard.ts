import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkDashboard } from '../dashboard/check-dashboard.js'
import type { Graph } from '../job/graph.js'
import { shownPath } from './code-frame.js'
import { dashboardsFolder } from './dashboards-folder.js'
import { fine, type Reported, wrong } from './validate-finding.js'

/** The dashboard of a job, where `run` would find one, against the columns of the job's views and sinks. */
export async function validateDashboard(graph: Graph, paths: readonly string[]): Promise<readonly Reported[]> {
  const folder = dashboardsFolder(paths)
  const file = folder === undefined ? undefined : join(folder, `${graph.job}.json`)
  if (file === undefined || !existsSync(file)) return []
  const errors = await checkDashboard(
    file,
    graph.sinks.map(({ id, schema }) => ({ id, columns: schema })),
  )
  if (errors.length > 0) return errors.map(error => wrong(shownPath(file), error))
  return [fine(shownPath(file), `${shownPath(file)}: the dashboard fits the views of ${graph.job}`)]
}
