import type { ResultRow } from '../demo/compare-results.js'
import type { View } from '../views/view.js'

/** Rows of each view that are looked at: minutes of them, at the demo's speed. */
const mostRows = 1_000

/** The last results of closed windows that the views hold; what job's sinks were sent is held by their consumers. */
export const resultRows = (views: readonly View[]): readonly ResultRow[] => views.filter(view => view.info().windowed).flatMap(rowsOf)

function rowsOf(view: View): readonly ResultRow[] {
  const { id, columns } = view.info()
  const keys = columns.filter(column => column.key)
  return view.latest(mostRows).flatMap(row => {
    const values = Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]))
    if (values['final'] !== true) return []
    const end = Number(values['window_end'])
    const key = JSON.stringify([...keys.map(({ name }) => values[name]), values['window_start'], end])
    return [{ view: id, key, end, revision: Number(values['revision']), values }]
  })
}
