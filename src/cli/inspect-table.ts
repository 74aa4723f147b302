import { wrapLine } from './wrap-line.js'

/** A column of a table; the ones with the highest `rank` give way first where the terminal is narrow. */
export interface InspectColumn {
  readonly title: string
  readonly rank: number
  readonly right?: boolean
  /** Takes what is left of the width, and is cut to it. */
  readonly flexible?: boolean
  readonly cells: readonly string[]
}

const gap = 2
/** A flexible column that would be narrower is left out. */
const leastFlexible = 12

export const cutText = (text: string, width: number): string =>
  text.length <= width ? text : width <= 1 ? text.slice(0, Math.max(0, width)) : `${text.slice(0, width - 1)}…`

/** A sentence in at most so many lines, broken between words, the further ones indented; the last is cut where it is longer still. */
export function foldText(text: string, width: number, most: number): readonly string[] {
  const lines = wrapLine(text, width, 2).split('\n')
  const rest = lines.slice(most - 1).map((line, i) => (i === 0 ? line : line.trimStart()))
  return [...lines.slice(0, most - 1), rest.join(' ')].filter(line => line !== '').map(line => cutText(line, width))
}

/** Lines of a table that is at most `width` wide, its head first; columns without any content are left out. */
export function inspectTable(columns: readonly InspectColumn[], width: number): readonly string[] {
  const own = ({ title, cells }: InspectColumn): number => Math.max(title.length, ...cells.map(cell => cell.length))
  const least = (column: InspectColumn): number => (column.flexible ? Math.min(leastFlexible, own(column)) : own(column))
  let shown = columns.filter(({ cells, rank }) => rank === 0 || cells.some(cell => cell !== ''))
  const needed = (): number => shown.reduce((sum, column) => sum + least(column) + gap, -gap)
  while (shown.length > 1 && needed() > width) {
    const last = Math.max(...shown.map(({ rank }) => rank))
    shown = shown.filter(({ rank }) => rank !== last)
  }
  const rest = Math.max(0, width - needed())
  const widths = shown.map(column => (column.flexible ? Math.min(own(column), least(column) + rest) : own(column)))
  const line = (of: (column: InspectColumn) => string): string =>
    cutText(
      shown
        .map((column, i) => {
          const cell = cutText(of(column), widths[i]!)
          return column.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
        })
        .join(' '.repeat(gap))
        .trimEnd(),
      width,
    )
  const rows = columns[0]?.cells.length ?? 0
  return [line(({ title }) => title), ...Array.from({ length: rows }, (_, i) => line(({ cells }) => cells[i] ?? ''))]
}
