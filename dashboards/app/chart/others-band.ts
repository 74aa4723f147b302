import type { KeySeries, WindowGrid } from '../store/window-grid.js'

/** The range of series that a chart does not draw one by one; NaN where none of them has a value. */
export interface OthersBand {
  readonly count: number
  readonly lows: Float64Array
  readonly highs: Float64Array
}

/**
 * Lowest and highest value of many series in each slot from `begin` on: what is not picked is grouped, not hidden.
 * Costs one look at each value, of which a grid holds a bounded number.
 */
export const othersBand = (grid: WindowGrid, others: readonly KeySeries[], column: number, begin: number): OthersBand | undefined => {
  if (others.length === 0) return undefined
  const length = grid.length - begin
  const lows = new Float64Array(length).fill(Number.NaN)
  const highs = new Float64Array(length).fill(Number.NaN)
  for (const series of others) {
    const values = grid.valuesFrom(series, column, begin)
    for (let i = 0; i < length; i++) {
      const value = values[i]!
      if (Number.isNaN(value)) continue
      if (!(lows[i]! <= value)) lows[i] = value
      if (!(highs[i]! >= value)) highs[i] = value
    }
  }
  return { count: others.length, lows, highs }
}
