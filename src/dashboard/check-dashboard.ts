import { open } from 'node:fs/promises'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Dashboard } from './dashboard.js'
import { jsonPlaces, lineAndColumn } from './json-places.js'
import { type DashboardView, misfits } from './misfit.js'
import { mostDashboardBytes, type PlacedProblem, placeOf, readDashboard } from './read-dashboard.js'

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

/** The text of a definition file and what it says; MR532 where it cannot be read whole. */
export async function readDashboardFile(
  path: string,
): Promise<{ readonly text: string; readonly reading: ReturnType<typeof readDashboard> } | MillraceError> {
  try {
    const file = await open(path)
    try {
      // One byte more than allowed tells a file that is too large, also one that grows meanwhile.
      const buffer = Buffer.alloc(mostDashboardBytes + 1)
      let size = 0
      for (;;) {
        const { bytesRead } = await file.read(buffer, size, buffer.length - size, null)
        size += bytesRead
        if (bytesRead === 0 || size === buffer.length) break
      }
      if (size > mostDashboardBytes) return new MillraceError('MR532', `${path} is larger than 256 KiB`)
      // Some editors begin a file with a mark of its byte order.
      const text = buffer.toString('utf8', 0, size).replace(/^\uFEFF/, '')
      return { text, reading: readDashboard(text, path) }
    } finally {
      await file.close()
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    return new MillraceError('MR532', `${path} cannot be read: ${code}`, { cause })
  }
}
