import { AssertionError } from 'node:assert'
import { nearest } from '../model/nearest.js'
import { alignRows } from './align-rows.js'
import { rowTable } from './row-table.js'
import { sameValue } from './same-value.js'

/** What `expectRows` lets pass. */
export interface ExpectRowsOptions {
  /**
   * How far numbers may lie apart: absolute between −1 and 1, relative beyond. Default 1e-9; 0 asks for the very same
   * number.
   */
  readonly tolerance?: number
  /** `any`: rows may come in another order. Default `same`. */
  readonly order?: 'same' | 'any'
  /** Rows may have columns that no expected row names. Default true. */
  readonly moreColumns?: boolean
}

/**
 * Compares result rows with expected ones, column by column, and shows the difference as a table. Only the columns that
 * the expected rows name are compared; times may be expected as `Date` or RFC 3339 text.
 *
 * @throws AssertionError with the table.
 * @example
 * expectRows([{ room: 'hall', mean: 0.1 + 0.2, window_end: 60_000 }], [{ mean: 0.3, window_end: '1970-01-01T00:01:00Z' }])
 */
export function expectRows<Row extends object>(
  actual: readonly Row[],
  expected: readonly Readonly<Record<string, unknown>>[],
  { tolerance = 1e-9, order = 'same', moreColumns = true }: ExpectRowsOptions = {},
): void {
  const rows = actual as readonly Readonly<Record<string, unknown>>[]
  const named = new Set(expected.flatMap(row => Object.keys(row)))
  const own = rows.flatMap(row => Object.keys(row))
  const columns = [...(moreColumns && expected.length > 0 ? named : new Set([...named, ...own]))]
  const value = sameValue(tolerance)
  const compared = (row: Readonly<Record<string, unknown>>): readonly string[] => (moreColumns ? Object.keys(row) : columns)
  const likeness = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): number => {
    const names = compared(b)
    return names.length === 0 ? 1 : names.filter(name => value(a[name], b[name])).length / names.length
  }
  const same = (a: (typeof rows)[number], b: (typeof rows)[number]): boolean => likeness(a, b) === 1
  const ordered = order === 'any' ? inOrderOf(rows, expected, same) : rows
  if (ordered.length === expected.length && ordered.every((row, i) => same(row, expected[i]!))) return
  const aligned = alignRows(ordered, expected, likeness)
  const wrong = aligned.filter(pair => !pair.same).length
  const count = (list: readonly unknown[]): string => `${list.length} ${list.length === 1 ? 'row' : 'rows'}`
  const told = `${count(rows)}, expected ${expected.length}; ${wrong} ${wrong === 1 ? 'differs' : 'differ'}`
  throw new AssertionError({
    message: `${told}  (- missing, + unexpected, ≠ changed)\n${[rowTable(aligned, columns, value), ...absent(named, new Set(own))].join('\n')}\n`,
    actual,
    expected,
    operator: 'expectRows',
    stackStartFn: expectRows,
  })
}

/** Columns that are expected, and that no row has. */
const absent = (named: ReadonlySet<string>, own: ReadonlySet<string>): readonly string[] =>
  own.size === 0
    ? []
    : [...named]
        .filter(name => !own.has(name))
        .map(name => {
          const meant = nearest(name, own)
          return `  no row has \`${name}\`: ${meant === undefined ? `there are ${[...own].join(', ')}` : `did you mean \`${meant}\`?`}`
        })

/** The rows in the order in which they are expected; those that nobody expects behind them. */
function inOrderOf<A, B>(rows: readonly A[], expected: readonly B[], same: (a: A, b: B) => boolean): readonly A[] {
  const left = [...rows]
  const found = expected.flatMap(wanted => {
    const at = left.findIndex(row => same(row, wanted))
    return at < 0 ? [] : left.splice(at, 1)
  })
  return [...found, ...left]
}
