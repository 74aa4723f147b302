import type { Alert } from '../../../src/model/alert.js'
import { exactly } from './format.js'

/**
 * The limits of an alert as they were written: `above 30 °C`, empty where it has none. An alert fires until a final row is within
 * them; while only the value shown is, they are those that it `was above`.
 */
export const limitWords = ({ above, below, unit, value, state }: Pick<Alert, 'above' | 'below' | 'unit' | 'value' | 'state'>): string => {
  const parts = [
    above === undefined ? '' : `above ${exactly(above, unit)}`,
    below === undefined ? '' : `below ${exactly(below, unit)}`,
  ].filter(Boolean)
  const isWithin = !(above !== undefined && value > above) && !(below !== undefined && value < below)
  return `${isWithin && parts.length > 0 && state !== 'resolved' ? 'was ' : ''}${parts.join(' or ')}`
}
