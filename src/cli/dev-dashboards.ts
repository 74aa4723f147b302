import { dirname, join, relative } from 'node:path'
import pc from 'picocolors'
import { checkDashboard } from '../dashboard/check-dashboard.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import { dashboardFolders, dashboardsFolder } from './dashboards-folder.js'
import type { DevJob } from './dev-job.js'
import { errorText } from './print-error.js'

/** What the server says of a wrong definition: here it is told with the line in question. */
const told = new Set<unknown>(['MR530', 'MR531', 'MR532', 'MR533'])

/** The log of what runs, without what `DevDashboards` tells better. */
export const withoutDashboards = (log: Log): Log => ({
  ...log,
  warn: (message, fields) => told.has(fields?.['code']) || log.warn(message, fields),
})

/**
 * The definitions beside the jobs of `millrace dev`. The server follows edits by itself, pages and alerts with it, so that
 * nothing is started anew for them; they are checked here. Wrong ones disturb only the page.
 */
export class DevDashboards {
  readonly #paths: readonly string[]
  readonly #say: (text: string) => void
  #last = ''

  constructor(paths: readonly string[], say: (text: string) => void) {
    this.#paths = paths
    this.#say = say
  }

  /** Where they lie; undefined while there are none. */
  get folder(): string | undefined {
    return dashboardsFolder(this.#paths)
  }

  /** Where they may come to lie. */
  get folders(): readonly string[] {
    return dashboardFolders(this.#paths)
  }

  /** Whether a path is a definition, or the folder of them. */
  owns(path: string): boolean {
    return path === this.folder || (path.endsWith('.json') && dirname(path) === this.folder)
  }

  /** Says what is wrong with the definitions of the jobs, and that all is well where it was not; `edited` also says so otherwise. */
  async check(jobs: readonly DevJob[], edited: boolean): Promise<void> {
    const { folder } = this
    if (folder === undefined) return
    const errors: MillraceError[] = []
    for (const { graph } of jobs) {
      const views = graph.sinks.map(({ id, schema }) => ({ id, columns: schema }))
      // A job without a definition gets a page derived from its views.
      errors.push(...(await checkDashboard(join(folder, `${graph.job}.json`), views)).filter(error => !isMissing(error)))
    }
    const text = errors.map(error => `${errorText(error)}\n`).join('')
    if (text !== '' && (edited || text !== this.#last)) process.stderr.write(text)
    if (text === '' && (edited || this.#last !== '')) this.#say(`${pc.green('✓')} ${relative('', folder)} fits; the page shows it`)
    this.#last = text
  }
}

const isMissing = (error: MillraceError): boolean =>
  error.code === 'MR532' && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
