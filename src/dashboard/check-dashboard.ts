import { MillraceError } from '../model/errors/millrace-error.js'
import type { Dashboard } from './dashboard.js'
import { jsonPlaces, lineAndColumn } from './json-places.js'
import { type DashboardView, misfits } from './misfit.js'
import { type PlacedProblem, placeOf } from './read-dashboard.js'
import { readDashboardFile } from './read-dashboard-file.js'

/**
 * Everything wrong with a definition file, each with its line and column; none where all is well. `validate` and the
 * server ask the same.
 *
 * @param views those of the job; left out, only the definition itself is checked.
 * @returns MR530 for each wrong part, MR531 for a text that is no JSON, MR532 for a file that is too large or cannot be
 * read, MR533 for each panel that the views do not have.
 * @example
 * for (const error of await checkDashboard('dashboards/plant.json', views)) print(error)
 */
export async function checkDashboard(path: string, views?: readonly DashboardView[]): Promise<readonly MillraceError[]> {
  const file = await readDashboardFile(path)
  if (file instanceof MillraceError) return [file]
  const { text, reading } = file
  if ('problems' in reading) return reading.problems.map(problem => problemError(reading.code, path, problem))
  return views === undefined ? [] : misfitErrors(path, text, reading.dashboard, views)
}

function misfitErrors(path: string, text: string, dashboard: Dashboard, views: readonly DashboardView[]): readonly MillraceError[] {
  const { places } = jsonPlaces(text)
  return misfits(dashboard, views).map(({ at, message, hint }) => {
    const { offset, length } = placeOf(at, places)
    return problemError('MR533', path, { at, message, hint, ...lineAndColumn(text, offset), length })
  })
}

function problemError(code: 'MR530' | 'MR531' | 'MR533', file: string, problem: PlacedProblem): MillraceError {
  const { at, message, hint, line, column, length } = problem
  return new MillraceError(code, `${at}: ${message}`, { place: { file, line, column, length }, hint })
}
