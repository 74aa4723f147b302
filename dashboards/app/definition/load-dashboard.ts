import type { Dashboard } from '../../../src/dashboard/dashboard.js'
import { deriveDashboard } from '../../../src/dashboard/derive-dashboard.js'
import { misfits } from '../../../src/dashboard/misfit.js'
import { DashboardError, type DashboardProblem, parseDashboard } from '../../../src/dashboard/parse-dashboard.js'
import type { ViewInfo } from '../../../src/model/api.js'
import { getJson } from '../feed/get-json.js'

/** A dashboard to show, and what is wrong with the definition in words for the reader. */
export interface LoadedDashboard {
  readonly dashboard: Dashboard
  readonly problems: readonly string[]
}

/** Problems shown; of more the number. */
const mostShown = 20

/** The job's definition when there is a good one; else a page derived from its views, with the reason when a definition was refused. */
export const loadDashboard = async (job: string, views: readonly ViewInfo[]): Promise<LoadedDashboard> => {
  const folder = await definitionFolder(job)
  if (folder === undefined) return { dashboard: deriveDashboard(job, views), problems: [] }
  const name = `${job}.json`
  const found = await fetchDefinition(`${folder}/${encodeURIComponent(job)}.json`, name)
  if ('problems' in found) return { dashboard: deriveDashboard(job, views), problems: worded(name, found.problems) }
  const wrong = misfits(found.dashboard, views)
  const isWrong = (i: number): boolean => wrong.some(({ at }) => at.startsWith(`panels[${i}].`))
  const panels = found.dashboard.panels.filter((_, i) => !isWrong(i))
  return { dashboard: { ...found.dashboard, panels }, problems: worded(name, wrong) }
}

type Definition = { readonly dashboard: Dashboard } | { readonly problems: readonly DashboardProblem[] }

/** The server has parsed it already and answers with what it found; what came with the page alone is parsed here. */
const fetchDefinition = async (url: string, name: string): Promise<Definition> => {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } })
    const body: unknown = await response.json()
    if (response.ok) return { dashboard: parseDashboard(body, name) }
    return { problems: problemsOf(body) }
  } catch (error) {
    if (error instanceof DashboardError) return { problems: error.problems }
    return { problems: [{ at: 'dashboard', message: 'could not be fetched', hint: 'load the page again' }] }
  }
}

/** What a problem document says, as far as it is one. */
const problemsOf = (body: unknown): readonly DashboardProblem[] => {
  const { detail, hint, problems } = body as { readonly detail?: unknown; readonly hint?: unknown; readonly problems?: unknown }
  const listed = Array.isArray(problems) ? (problems as readonly DashboardProblem[]) : []
  return listed.length > 0 ? listed : [{ at: 'dashboard', message: String(detail), hint: String(hint) }]
}

const worded = (name: string, problems: readonly DashboardProblem[]): readonly string[] => {
  const words = problems.slice(0, mostShown).map(({ at, message, hint }) => `${name}: ${at}: ${message} (${hint})`)
  return problems.length > mostShown ? [...words, `${name}: and ${problems.length - mostShown} more`] : words
}

/** Where the job's definition lies: the server's folders go before the definitions that came with the page. */
const definitionFolder = async (job: string): Promise<string | undefined> => {
  if ((await getJson<string[]>('api/v1/dashboards'))?.includes(job)) return 'api/v1/dashboards'
  return (await getJson<string[]>('dashboards/index.json'))?.includes(job) ? 'dashboards' : undefined
}

/** Another text whenever a definition of the server has changed; undefined while it does not answer. */
export const definitionsVersion = async (): Promise<string | undefined> => {
  try {
    const response = await fetch('api/v1/dashboards', { headers: { accept: 'application/json' } })
    return response.ok ? (response.headers.get('etag') ?? '') : undefined
  } catch {
    return undefined
  }
}
