import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The folder of the dashboards that belong to job files: `dashboards` in the present folder, else beside the first job;
 * undefined where there is neither. Millrace's own demos need none: their definitions come with the page.
 *
 * @example
 * dashboardsFolder(['jobs/plant.job.ts']) // '/srv/plant/dashboards'
 */
export const dashboardsFolder = (jobs: readonly string[]): string | undefined => dashboardFolders(jobs).find(existsSync)

/** Where dashboards of job files may lie; the first that is there counts. */
export const dashboardFolders = (jobs: readonly string[]): readonly string[] => [
  ...new Set([resolve('dashboards'), ...jobs.map(job => join(dirname(resolve(job)), 'dashboards'))]),
]
