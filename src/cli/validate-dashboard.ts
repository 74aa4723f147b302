import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkDashboard } from '../dashboard/check-dashboard.js'
import { shownPath } from './code-frame.js'
import { dashboardsFolder } from './dashboards-folder.js'
import { fine, outsideFault, type Reported, wrong } from './validate-finding.js'
import type { ValidatedJob } from './validate-job.js'

/**
 * The dashboard of a job, where `run` would find one, against the columns of the job's views and sinks. Nobody knows the
 * views of a job that does not load: then the definition alone is checked, and what was not is said.
 */
export async function validateDashboard({ id, graph }: ValidatedJob, paths: readonly string[]): Promise<readonly Reported[]> {
  const folder = dashboardsFolder(paths)
  if (folder === undefined) return []
  const file = join(folder, `${id}.json`)
  const shown = shownPath(file)
  if (!existsSync(file)) {
    const others = graph ? [] : readdirSync(folder).filter(name => name.endsWith('.json') && !name.endsWith('.schema.json'))
    return others.length === 0 ? [] : [unchecked(shownPath(folder), 'dashboards were not checked')]
  }
  const errors = await checkDashboard(
    file,
    graph?.sinks.map(({ id, schema }) => ({ id, columns: schema })),
  )
  const reports = errors.map(error => wrong(shown, error))
  if (!graph) return [...reports, unchecked(shown, `not compared with the views of ${id}`)]
  return reports.length > 0 ? reports : [fine(shown, `${shown}: the dashboard fits the views of ${id}`)]
}

const unchecked = (path: string, what: string): Reported =>
  outsideFault(path, 'warning', `${path}: ${what}, because the job could not be loaded`, undefined)
