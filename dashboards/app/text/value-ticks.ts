import { powerOfTen } from './power-of-ten.js'

/** From here on, and below `tiny`, zeros say less than a power of ten. */
const huge = 1e9
const tiny = 1e-4
const mostDecimals = 12

/** By decimals: to make one costs more than all that is written with it. */
const formats = Array.from(
  { length: mostDecimals + 1 },
  (_, digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)

/**
 * Words for the ticks of a value axis: as many decimals as their step needs, so that no two read the same; of very large and very
 * small ones one power of ten for all. Degrees and per cent stand with the number, other units in the head of the chart.
 *
 * @param ticks ascending, at even steps
 * @example
 * valueTicks([1013.2, 1013.25], 'hPa') // ['1,013.20', '1,013.25']
 */
export const valueTicks = (ticks: readonly number[], unit: string | undefined): readonly string[] => {
  const largest = Math.max(0, ...ticks.map(Math.abs))
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : largest
  const exponent = largest >= huge || (step > 0 && step < tiny) ? Math.floor(Math.log10(largest)) : 0
  const scale = 10 ** exponent
  const digits = decimalsOf(step / scale)
  const format = formats[digits]!
  const end = unit?.startsWith('°') ? '°' : unit === '%' ? ' %' : ''
  return ticks.map(tick => {
    // What is left of zero by the arithmetic is zero.
    if (exponent !== 0 && Math.abs(tick) < step / 2) return `0${end}`
    const text = format.format(tick / scale).replace(/^-(?=[0.]*$)/, '')
    return `${exponent === 0 ? text : `${text}${powerOfTen(exponent)}`}${end}`
  })
}

/** Decimals that a step needs: 2 for 0.25. */
const decimalsOf = (step: number): number => {
  for (let digits = 0; digits < mostDecimals; digits++) {
    const scaled = step * 10 ** digits
    if (scaled > 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-3) return digits
  }
  return step > 0 ? mostDecimals : 0
}
