import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The folder of the dashboards that belong to job files: `dashboards` in the present folder, else beside the first job;
 * undefined where there is neither. Millrace's own demos need none: their definitions come with the page.
 *
 * @example
 * dashboardsFolder(['jobs/plant.job.ts']) // '/srv/plant/dashboards'
 */
export function dashboardsFolder(jobs: readonly string[]): string | undefined {
  const folders = [resolve('dashboards'), ...jobs.map(job => join(dirname(resolve(job)), 'dashboards'))]
  return folders.find(existsSync)
}
