import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'

/** Windows of one size that begin every so often, as pure data. All in ms. */
export interface WindowPlan {
  readonly kind: 'tumbling' | 'hopping'
  readonly size: number
  /** From start to start; the size itself for tumbling windows. */
  readonly every: number
  /** Windows begin at `offset + k · every` since the epoch, in UTC. */
  readonly offset: number
}

/** True for what `tumbling` and `hopping` give. */
export const isWindowPlan = (value: unknown): value is WindowPlan =>
  typeof value === 'object' && value !== null && ['tumbling', 'hopping'].includes((value as WindowPlan).kind)

/** Hops a size, at most: each result merges as many panes. */
const mostHops = 100_000

/**
 * Checks a plan of windows.
 *
 * @throws MR192 for sizes, hops and offsets that make no windows.
 */
export function checkedWindow(plan: WindowPlan): WindowPlan {
  const { size, every, offset } = plan
  const wrong =
    !(size > 0) || !(every > 0)
      ? 'its size and hop must be longer than 0 ms'
      : every > size
        ? `it hops ${every} ms but is only ${size} ms long: rows between two windows would be lost`
        : size / every > mostHops
          ? `its size is more than ${mostHops} hops`
          : Math.abs(offset) >= every
            ? `its offset of ${offset} ms is not below its hop of ${every} ms`
            : undefined
  if (wrong !== undefined) throw new MillraceError('MR192', `this ${plan.kind} window is impossible: ${wrong}`)
  return Object.freeze(plan)
}

/**
 * Refuses options that a window does not have: one that was passed over would change what is counted.
 *
 * @throws MR159 naming the option and the nearest known one.
 */
export function onlyOptions(kind: WindowPlan['kind'], options: object | undefined, known: readonly string[]): void {
  for (const key of Object.keys(options ?? {})) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    throw new MillraceError('MR159', `${kind} has no option \`${key}\``, {
      hint: near ? `did you mean \`${near}\`?` : `its options are ${known.join(', ')}`,
    })
  }
}
