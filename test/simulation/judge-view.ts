import type { View } from '../../src/views/view.js'
import type { ModelSink } from './model-sink.js'
import type { Violation } from './violation.js'

const told = ['key', 'window_start', 'window_end', 'ids', 'n', 'sum', 'final', 'revision'] as const
type Row = Readonly<Record<string, unknown>>

/** What a reader of the view sees at the end, a row a window. */
export function rowsShown(view: View): readonly Row[] {
  const { columns, rows } = view.query({ limit: 100_000 })
  return [...rows].map(row => Object.fromEntries(columns.map((name, i) => [name, row[i]])))
}

/** The view holds the last revision of each window that a sink of the same rows was sent, and nothing else. */
export function judgeView(shown: readonly Row[], sink: ModelSink): Violation | undefined {
  const last = new Map<string, Row>()
  for (const { row } of sink.rows) {
    const window = `${row['key']} ${row['window_start']}`
    if (Number(last.get(window)?.['revision'] ?? -1) < Number(row['revision'])) last.set(window, row)
  }
  for (const row of shown) {
    const window = `${row['key']} ${row['window_start']}`
    const sent = last.get(window)
    if (!sent || textOf(row) !== textOf(sent))
      return { invariant: 'I4', what: `the view shows ${textOf(row)} and ${sink.name} was sent ${sent ? textOf(sent) : 'nothing'}` }
    last.delete(window)
  }
  const [missing] = last.keys()
  return missing === undefined ? undefined : { invariant: 'I4', what: `the view does not show window ${missing}` }
}

const textOf = (row: Row): string => JSON.stringify(told.map(name => row[name]))
