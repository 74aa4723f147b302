import type { Dashboard } from './dashboard.js'
import { jsonPlaces, lineAndColumn, type Stretch } from './json-places.js'
import { DashboardError, type DashboardProblem, parseDashboard } from './parse-dashboard.js'

/** Size of the largest definition that is read: some fifty times that of a large page. */
export const mostDashboardBytes = 256 * 1024

/** A problem with its place in the text. */
export interface PlacedProblem extends DashboardProblem {
  /** Count from 1. */
  readonly line: number
  readonly column: number
  /** Characters concerned. */
  readonly length: number
}

/** What a text says: a dashboard, or everything wrong with it. */
export type DashboardReading =
  | { readonly dashboard: Dashboard }
  | { readonly code: 'MR530' | 'MR531'; readonly problems: readonly PlacedProblem[] }

/**
 * Reads the text of a definition. Never throws: a text that is no JSON, or no dashboard, gives its problems, each with
 * its place.
 *
 * @param source the file's name, for messages
 * @example
 * readDashboard('{"title": "Plant", "pannels": []}', 'plant.json')
 * // { code: 'MR530', problems: [{ at: 'pannels', hint: 'did you mean "panels"?', line: 1, column: 20, … }, …] }
 */
export function readDashboard(text: string, source: string): DashboardReading {
  const { places, broken } = jsonPlaces(text)
  const placed = (problem: DashboardProblem, { offset, length }: Stretch): PlacedProblem => ({
    ...problem,
    ...lineAndColumn(text, offset),
    length,
  })
  if (broken) {
    const hint = 'mend the text there: keys and texts stand in double quotes, commas only between parts, no comments'
    return { code: 'MR531', problems: [placed({ at: 'dashboard', message: broken.message, hint }, { offset: broken.offset, length: 1 })] }
  }
  try {
    return { dashboard: parseDashboard(JSON.parse(text), source) }
  } catch (error) {
    if (!(error instanceof DashboardError)) throw error
    return { code: 'MR530', problems: error.problems.map(problem => placed(problem, placeOf(problem.at, places))) }
  }
}

/** Where a part lies; of one that is missing, the nearest part around it. */
export function placeOf(at: string, places: ReadonlyMap<string, Stretch>): Stretch {
  for (let path = at; path !== ''; path = path.replace(/(?:\.[^.[]*|\[\d+\]|^[^.[]+)$/, '')) {
    const place = places.get(path)
    if (place) return place
    if (!/(?:\.[^.[]*|\[\d+\]|^[^.[]+)$/.test(path)) break
  }
  return places.get('') ?? { offset: 0, length: 1 }
}
