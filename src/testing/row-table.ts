import type { Aligned } from './align-rows.js'
import type { SameValue } from './same-value.js'
import { timeOrUndefined } from './test-time.js'

type Row = Readonly<Record<string, unknown>>

/** Rows that are shown; equal ones far from any difference are left out. */
const mostLines = 40
const context = 2
const widest = 40

const signs = { same: ' ', missing: '-', unexpected: '+', changed: '≠' } as const
type Sign = keyof typeof signs

const signOf = ({ actual, expected, same }: Aligned<Row, Row>): Sign =>
  same ? 'same' : actual === undefined ? 'missing' : expected === undefined ? 'unexpected' : 'changed'

/**
 * A table of rows side by side: `-` is missing, `+` was not expected, `≠` differs, with the expected value behind the
 * actual one.
 */
export function rowTable(rows: readonly Aligned<Row, Row>[], columns: readonly string[], same: SameValue): string {
  const asTime = new Set(
    columns.filter(name => rows.some(({ expected }) => typeof expected?.[name] !== 'number' && isTime(expected?.[name]))),
  )
  const cellOf = ({ actual, expected, same: equal }: Aligned<Row, Row>, name: string): string => {
    const shown = (row: Row): string => valueText(row[name], asTime.has(name))
    if (actual === undefined) return shown(expected!)
    if (expected === undefined || equal || same(actual[name], expected[name])) return shown(actual)
    return `${shown(actual)} (expected ${shown(expected)})`
  }
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - context), i + context + 1).some(row => !row.same))
  const lines: string[][] = [['', ...columns]]
  let left = 0
  const flush = (): void => {
    if (left > 0) lines.push([`  … ${left} more ${left === 1 ? 'row' : 'rows'}`])
    left = 0
  }
  rows.forEach((row, i) => {
    if (!near[i] || lines.length > mostLines) left++
    else {
      flush()
      lines.push([signs[signOf(row)], ...columns.map(name => cellOf(row, name))])
    }
  })
  flush()
  const widths = columns.map((_, c) => Math.max(...lines.map(line => line[c + 1]?.length ?? 0)))
  return lines
    .map(([sign = '', ...cells]) =>
      cells.length === 0 ? sign : `  ${sign.padEnd(1)} ${cells.map((cell, c) => cell.padEnd(widths[c]!)).join('  ')}`.trimEnd(),
    )
    .join('\n')
}

const isTime = (value: unknown): boolean => timeOrUndefined(value) !== undefined

function valueText(value: unknown, asTime: boolean): string {
  const ms = asTime ? timeOrUndefined(value) : undefined
  if (ms !== undefined) return new Date(ms).toISOString().replace('.000Z', 'Z')
  const text = typeof value === 'string' ? value : value === undefined ? '(none)' : (JSON.stringify(value) ?? String(value))
  const quoted =
    typeof value === 'string' && (value === '' || value.trim() !== value || /[\n\t]/.test(value)) ? JSON.stringify(value) : text
  return quoted.length > widest ? `${quoted.slice(0, widest - 1)}…` : quoted
}
