import { type Duration, durationMs } from '../model/duration.js'
import { offsetMs } from './tumbling.js'
import { checkedWindow, onlyOptions, type WindowPlan } from './window-plan.js'

export interface HoppingOptions {
  /** From the start of one window to the start of the next; at most the size, which need not be a multiple of it. */
  readonly every: Duration
  /** Shifts all windows; may be negative; shorter than `every`. */
  readonly offset?: Duration
}

/**
 * Windows that overlap: each `size` long, one starting every `every`. A row belongs to all windows that contain its
 * time.
 *
 * @throws MR106 for what is no duration, MR159 for an option that there is not, MR192 for an impossible window.
 * @example
 * hopping('5m', { every: '1m' })
 */
export function hopping(size: Duration, options: HoppingOptions): WindowPlan {
  onlyOptions('hopping', options, ['every', 'offset'])
  return checkedWindow({
    kind: 'hopping',
    size: durationMs(size, 'size'),
    every: durationMs(options?.every, 'every'),
    offset: offsetMs(options?.offset),
  })
}

/**
 * The same windows under the name that Flink's and Spark's users know.
 *
 * @example
 * sliding('5m', '1m') // hopping('5m', { every: '1m' })
 */
export function sliding(size: Duration, every: Duration): WindowPlan {
  return hopping(size, { every })
}
