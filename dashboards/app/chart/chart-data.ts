import type { ViewInfo } from '../../../src/model/api.js'
import type { KeySeries, WindowGrid } from '../store/window-grid.js'
import { type OthersBand, othersBand } from './others-band.js'

/**
 * A piece of the grid, ready to be drawn. The arrays are views of the grid's own memory, good until the next row comes;
 * absent values are NaN.
 */
export interface ChartData {
  readonly x: Float64Array
  /** By shown series. */
  readonly values: readonly Float64Array[]
  /** By shown series; empty arrays where there is no band. */
  readonly lows: readonly Float64Array[]
  readonly highs: readonly Float64Array[]
  /** The range of the series that are not shown one by one. */
  readonly others: OthersBand | undefined
  /** Range of the time axis. */
  readonly from: number
  readonly to: number
  /** Where results are still provisional; NaN when nothing is open. */
  readonly openFrom: number
  readonly openTo: number
  /** Ms between two points beyond which a line breaks. */
  readonly gap: number
  /** Of rows of windows of one size: ms of each, and between two. */
  readonly window: ViewInfo['window'] | undefined
}

const nothing = new Float64Array(0)

/**
 * Cuts the shown range out of the grid. While there is less data than the range asks for, the axis begins where the
 * data begins, so that a new chart does not hide in its right corner.
 * @param window of the rows, undefined for rows without windows
 * @param range ms shown; undefined: all
 * @param others series that are drawn together
 * @param begin of the history, where there is more before it
 */
export const chartData = (
  grid: WindowGrid,
  shown: readonly KeySeries[],
  columns: { readonly value: number; readonly low: number; readonly high: number },
  window: ViewInfo['window'] | undefined,
  range: number | undefined,
  others: readonly KeySeries[] = [],
  begin = Number.NEGATIVE_INFINITY,
): ChartData => {
  const step = window?.every ?? 0
  const last = grid.length > 0 ? grid.time(grid.length - 1) + step / 2 : 0
  const first = grid.length > 0 ? Math.max(begin, grid.time(0)) - step / 2 : 0
  const least = Math.min(range ?? Number.POSITIVE_INFINITY, step > 0 ? step * 8 : 10_000)
  const span = Math.max(least, Math.min(range ?? Number.POSITIVE_INFINITY, last - first))
  const from = last - span
  const slot = Math.max(0, grid.slotFrom(from) - 1)
  const column = (index: number) => (series: KeySeries) => (index < 0 ? nothing : grid.valuesFrom(series, index, slot))
  const [openFrom, openTo] = openStretch(grid, shown, columns.value, step)
  return {
    x: grid.timesFrom(slot),
    values: shown.map(column(columns.value)),
    lows: shown.map(column(columns.low)),
    highs: shown.map(column(columns.high)),
    others: othersBand(grid, others, columns.value, slot),
    from,
    to: last,
    openFrom,
    openTo,
    // Rows without windows come when they come: their lines break only where much more time than usual is empty.
    gap: window ? window.every * 1.5 : (last - first) / 4,
    window,
  }
}

/** Windows close in the order of time, so the open ones are at the end. */
const openStretch = (grid: WindowGrid, shown: readonly KeySeries[], column: number, step: number): readonly [from: number, to: number] => {
  let from = Number.NaN
  let to = Number.NaN
  for (let slot = grid.length - 1; slot >= 0; slot--) {
    let isOpen = false
    let isClosed = false
    for (const series of shown) {
      if (Number.isNaN(grid.value(series, column, slot))) continue
      if (grid.isClosed(series, slot)) isClosed = true
      else isOpen = true
    }
    if (isOpen) {
      from = grid.time(slot) - step / 2
      if (Number.isNaN(to)) to = grid.time(slot) + step / 2
    } else if (isClosed) break
  }
  return [from, to]
}

/** The y range that holds all values, bands and the thresholds that are near enough not to flatten the data. */
export const valueRange = (data: ChartData, limits: readonly number[]): readonly [number, number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  const rest = data.others ? [data.others.lows, data.others.highs] : []
  for (const set of [data.values, data.lows, data.highs, rest]) {
    for (const series of set) {
      for (let i = 0; i < series.length; i++) {
        const value = series[i]!
        if (value < low) low = value
        if (value > high) high = value
      }
    }
  }
  if (low > high) return [0, 1]
  const span = Math.max(high - low, Math.abs(high) * 0.02) || 1
  for (const limit of limits) {
    if (limit > high && limit - high <= span * 3) high = limit + span * 0.1
    if (limit < low && low - limit <= span * 3) low = limit - span * 0.1
  }
  return [low, high]
}
