import { duration } from '../text/format.js'

/** One button of a chart; `range` undefined is everything kept. */
export interface RangeChoice {
  readonly label: string
  readonly range: number | undefined
}

const minute = 60_000
const steps = [1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60].map(minutes => minutes * minute)

/**
 * Range buttons that fit: the definition's own range, the nearest smaller and larger round ones, and all.
 * @example
 * rangeChoices(40 * 60_000, 60_000).map(choice => choice.label) // ['15 min', '40 min', '1 h', 'all']
 */
export const rangeChoices = (own: number | undefined, every: number | undefined): readonly RangeChoice[] => {
  const least = (every ?? 1000) * 5
  const middle = own ?? Math.max(15 * minute, least)
  const smaller = steps.filter(step => step < middle && step >= least).at(-1)
  const larger = steps.find(step => step > middle)
  const ranges = [smaller, middle, larger].filter(step => step !== undefined)
  return [...ranges.map(range => ({ label: duration(range), range })), { label: 'all', range: undefined }]
}
