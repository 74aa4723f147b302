import type uPlot from 'uplot'
import type { ChartData } from './chart-data.js'

/** Where the plot lies on the canvas, and which range it shows. */
export interface PlotScale {
  readonly x: (time: number) => number
  readonly y: (value: number) => number
}

/** The linear scales of a plot, in canvas pixels: much cheaper for many points than asking uPlot for each. */
export const plotScale = (u: uPlot): PlotScale => {
  const { left, top, width, height } = u.bbox
  const x = u.scales['x']
  const y = u.scales['y']
  const perMs = width / ((x?.max ?? 1) - (x?.min ?? 0) || 1)
  const perUnit = height / ((y?.max ?? 1) - (y?.min ?? 0) || 1)
  const from = x?.min ?? 0
  const high = y?.max ?? 1
  return { x: time => left + (time - from) * perMs, y: value => top + (high - value) * perUnit }
}

/** Draws lines: a `Path2D`, or what a test puts in its place. */
export type Pen = Pick<CanvasPath, 'moveTo' | 'lineTo' | 'closePath'>

/** Canvas pixels that share a point where points are dense: as wide as the line itself. */
const columnWidth = 2
/** Of bands, which are pale: nobody sees their steps. */
const bandColumnWidth = 4

/**
 * The line of one series. Where several points share a column it goes through the lowest and the highest of them, in
 * the order in which they came, so that no peak is lost and thousands of points cost no more than the plot is wide. It
 * breaks where more time than `data.gap` lies between two points; absent values in between are passed over.
 */
export const linePath = <P extends Pen>(path: P, data: Pick<ChartData, 'x' | 'gap'>, values: Float64Array, scale: PlotScale): P => {
  const { x, gap } = data
  let lastTime = Number.NEGATIVE_INFINITY
  let column = Number.NaN
  let low = 0
  let high = 0
  let isBroken = true
  let isRising = true
  const finish = (): void => {
    if (Number.isNaN(column)) return
    const first = scale.y(isRising ? low : high)
    if (isBroken) path.moveTo(column, first)
    else path.lineTo(column, first)
    if (low !== high) path.lineTo(column, scale.y(isRising ? high : low))
  }
  for (let i = 0; i < x.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    const time = x[i]!
    const at = scale.x(time)
    const breaksHere = time - lastTime > gap
    lastTime = time
    if (!breaksHere && at - column < columnWidth) {
      if (value >= high) {
        high = value
        isRising = true
      } else if (value <= low) {
        low = value
        isRising = false
      }
      continue
    }
    finish()
    isBroken = breaksHere
    column = at
    low = value
    high = value
    isRising = true
  }
  finish()
  return path
}

/** The band between two columns, one point a column, broken like the lines. */
export const bandPath = <P extends Pen>(
  path: P,
  data: Pick<ChartData, 'x' | 'gap'>,
  lows: Float64Array,
  highs: Float64Array,
  scale: PlotScale,
): P => {
  const { x, gap } = data
  let columns: { at: number; low: number; high: number }[] = []
  let lastTime = Number.NEGATIVE_INFINITY
  const finish = (): void => {
    if (columns.length > 1) {
      path.moveTo(columns[0]!.at, scale.y(columns[0]!.high))
      for (const { at, high } of columns) path.lineTo(at, scale.y(high))
      for (const { at, low } of columns.reverse()) path.lineTo(at, scale.y(low))
      path.closePath()
    }
    columns = []
  }
  for (let i = 0; i < x.length; i++) {
    const low = lows[i]
    const high = highs[i]
    if (low === undefined || high === undefined || Number.isNaN(low) || Number.isNaN(high)) continue
    if (x[i]! - lastTime > gap) finish()
    lastTime = x[i]!
    const at = scale.x(lastTime)
    const before = columns.at(-1)
    if (before && at - before.at < bandColumnWidth) {
      if (low < before.low) before.low = low
      if (high > before.high) before.high = high
    } else columns.push({ at, low, high })
  }
  finish()
  return path
}
