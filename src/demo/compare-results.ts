/** A result of a closed window, as a view holds it. */
export interface ResultRow {
  readonly view: string
  /** Key columns and window: a window has one result a key. */
  readonly key: string
  /** End of its window, ms since the epoch. */
  readonly end: number
  readonly revision: number
  readonly values: Readonly<Record<string, unknown>>
}

/** What became of results that were there before. */
export interface Comparison {
  readonly before: number
  readonly after: number
  /** Results of before that are gone, that are others though no late row revised them, and that are there twice. */
  readonly lost: number
  readonly changed: number
  readonly twice: number
}

const nameOf = ({ view, key }: ResultRow): string => `${view} ${key}`

/**
 * Compares the last results of all views before and after an event. `after` may begin later than `before`, as views give
 * their last rows only: what lies before its beginning is not judged.
 */
export function compareResults(before: readonly ResultRow[], after: readonly ResultRow[]): Comparison {
  const oldest = new Map<string, number>()
  const now = new Map<string, ResultRow>()
  for (const row of after) {
    oldest.set(row.view, Math.min(oldest.get(row.view) ?? row.end, row.end))
    now.set(nameOf(row), row)
  }
  const judged = before.filter(row => row.end > (oldest.get(row.view) ?? Number.NEGATIVE_INFINITY))
  const same = (a: ResultRow, b: ResultRow): boolean => JSON.stringify(a.values) === JSON.stringify(b.values)
  return {
    before: before.length,
    after: after.length,
    lost: judged.filter(row => !now.has(nameOf(row))).length,
    changed: judged.filter(row => {
      const found = now.get(nameOf(row))
      return found !== undefined && found.revision <= row.revision && !same(found, row)
    }).length,
    twice: after.length - now.size,
  }
}

/** `212 results before, 216 after: none lost, none twice, none changed`. */
export function comparisonText({ before, after, lost, changed, twice }: Comparison): string {
  const count = (number: number, what: string): string => `${number === 0 ? 'none' : number} ${what}`
  return `${before} results before, ${after} after: ${count(lost, 'lost')}, ${count(twice, 'twice')}, ${count(changed, 'changed')}`
}

/** `no result changed`, or how many did. */
export function changedText({ lost, changed, twice }: Comparison): string {
  const touched = lost + changed + twice
  return touched === 0 ? 'no result changed' : `${touched} results changed`
}
