import { type Duration, durationMs } from '../model/duration.js'
import { checkedWindow, onlyOptions, type WindowPlan } from './window-plan.js'

export interface TumblingOptions {
  /** Shifts all windows: `'6h'` makes days begin at 06:00 UTC. May be negative; shorter than the size. */
  readonly offset?: Duration
}

/**
 * Windows that follow each other without gap: `[start, start + size)`, `start = t − floorMod(t − offset, size)`, also
 * before 1970 (Flink's rule).
 *
 * @throws MR106 for what is no duration, MR159 for an option that there is not, MR192 for an impossible window.
 * @example
 * tumbling('5s')
 */
export function tumbling(size: Duration, options: TumblingOptions = {}): WindowPlan {
  onlyOptions('tumbling', options, ['offset'])
  const ms = durationMs(size, 'size')
  return checkedWindow({ kind: 'tumbling', size: ms, every: ms, offset: offsetMs(options.offset) })
}

/** A duration that may be negative, in ms; 0 if left out. */
export function offsetMs(offset: Duration | undefined): number {
  if (offset === undefined) return 0
  return typeof offset === 'string' && offset.startsWith('-')
    ? -durationMs(offset.slice(1) as Duration, 'offset')
    : durationMs(offset, 'offset')
}
