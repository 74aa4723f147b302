import type { ValueType } from '../model/value-type.js'
import type { Accumulator } from './aggregate.js'
import { TimedNumber } from './timed-number.js'
import { TimedValue } from './timed-value.js'

/** `first` or `last` of a type: numbers, times and booleans in cells, others as JavaScript values. */
export function timedAccumulator(which: 'first' | 'last', type: ValueType): Accumulator {
  return type === 'text' || type === 'list' ? new TimedValue(which, type) : new TimedNumber(which, type)
}
