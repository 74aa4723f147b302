import type { KeySeries, WindowGrid } from '../store/window-grid.js'

/** A piece of the grid, ready to be drawn; absent values are null. */
export interface ChartData {
  readonly x: number[]
  /** By shown series. */
  readonly values: (number | null)[][]
  readonly lows: (number | null)[][]
  readonly highs: (number | null)[][]
  /** Range of the time axis. */
  readonly from: number
  readonly to: number
  /** Where results are still provisional; NaN when nothing is open. */
  readonly openFrom: number
  readonly openTo: number
}

const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value)

/**
 * Cuts the shown range out of the grid. While there is less data than the range asks for, the axis begins where the
 * data begins, so that a new chart does not hide in its right corner.
 * @param every ms between windows, undefined for rows without windows
 * @param range ms shown; undefined: all
 */
export const chartData = (
  grid: WindowGrid,
  shown: readonly KeySeries[],
  columns: { readonly value: number; readonly low: number; readonly high: number },
  every: number | undefined,
  range: number | undefined,
): ChartData => {
  const step = every ?? 0
  const last = grid.length > 0 ? grid.time(grid.length - 1) + step / 2 : 0
  const first = grid.length > 0 ? grid.time(0) - step / 2 : 0
  const least = Math.min(range ?? Number.POSITIVE_INFINITY, step > 0 ? step * 8 : 10_000)
  const span = Math.max(least, Math.min(range ?? Number.POSITIVE_INFINITY, last - first))
  const from = last - span
  const begin = Math.max(0, grid.slotFrom(from) - 1)
  const x: number[] = []
  const values: (number | null)[][] = shown.map(() => [])
  const lows: (number | null)[][] = shown.map(() => [])
  const highs: (number | null)[][] = shown.map(() => [])
  let openFrom = Number.NaN
  let openTo = Number.NaN
  for (let slot = begin; slot < grid.length; slot++) {
    const time = grid.time(slot)
    x.push(time)
    let isOpen = false
    for (let s = 0; s < shown.length; s++) {
      const series = shown[s]!
      const value = grid.value(series, columns.value, slot)
      values[s]!.push(nullable(value))
      lows[s]!.push(columns.low < 0 ? null : nullable(grid.value(series, columns.low, slot)))
      highs[s]!.push(columns.high < 0 ? null : nullable(grid.value(series, columns.high, slot)))
      if (!Number.isNaN(value) && !grid.isClosed(series, slot)) isOpen = true
    }
    if (isOpen) {
      if (Number.isNaN(openFrom)) openFrom = time - step / 2
      openTo = time + step / 2
    }
  }
  return { x, values, lows, highs, from, to: last, openFrom, openTo }
}

/** The y range that holds all values, bands and the thresholds that are near enough not to flatten the data. */
export const valueRange = (data: ChartData, limits: readonly number[]): readonly [number, number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const set of [data.values, data.lows, data.highs]) {
    for (const series of set) {
      for (const value of series) {
        if (value === null) continue
        if (value < low) low = value
        if (value > high) high = value
      }
    }
  }
  if (low > high) return [0, 1]
  const span = Math.max(high - low, Math.abs(high) * 0.02, 1e-9)
  for (const limit of limits) {
    if (limit > high && limit - high <= span * 3) high = limit + span * 0.1
    if (limit < low && low - limit <= span * 3) low = limit - span * 0.1
  }
  return [low, high]
}
