import type { KeySeries, WindowGrid } from '../store/window-grid.js'

const collator = new Intl.Collator('en', { numeric: true })

/** Grids only gain keys. */
const ordered = new WeakMap<WindowGrid, readonly KeySeries[]>()

/** All keys in the natural order of their labels: mote 2 before mote 10. */
export const orderedKeys = (grid: WindowGrid): readonly KeySeries[] => {
  const before = ordered.get(grid)
  if (before?.length === grid.keys.size) return before
  const keys = [...grid.keys.values()].sort((a, b) => collator.compare(a.label, b.label))
  ordered.set(grid, keys)
  return keys
}

/** The last value of a series in a column, NaN when it has none. */
export const lastValue = (grid: WindowGrid, series: KeySeries, column: number): number => {
  const slot = grid.slotFrom(series.lastTime)
  return slot < grid.length ? grid.value(series, column, slot) : Number.NaN
}

/** How far each series' last value lies from the middle of all, in units of the usual distance. */
export const abnormality = (values: readonly number[]): readonly number[] => {
  const known = values.filter(value => !Number.isNaN(value)).sort((a, b) => a - b)
  if (known.length === 0) return values.map(() => 0)
  const middle = known[known.length >> 1]!
  const distances = known.map(value => Math.abs(value - middle)).sort((a, b) => a - b)
  const usual = distances[distances.length >> 1]! || distances.at(-1)! || 1
  return values.map(value => (Number.isNaN(value) ? 0 : Math.abs(value - middle) / usual))
}

/**
 * What a chart shows that has too many keys, with those that fire among it: they take the places of others.
 *
 * @example
 * withFiring(['a', 'b', 'c'], ['x'], 3) // ['x', 'a', 'b']
 */
export const withFiring = (shown: readonly string[], firing: readonly string[], limit: number): readonly string[] =>
  firing.every(key => shown.includes(key)) ? shown : [...new Set([...firing, ...shown])].slice(0, limit)

/** The series that a chart with too many keys shows first: the most abnormal ones, in natural order. */
export const firstChoice = (grid: WindowGrid, column: number, limit: number): readonly string[] => {
  const keys = orderedKeys(grid)
  if (keys.length <= limit) return keys.map(series => series.key)
  const scores = abnormality(keys.map(series => lastValue(grid, series, column)))
  const best = keys.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b)
  return best
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map(i => keys[i]!.key)
}
