import { isGiven, type Terminus } from '../../src/amqp/rhea.js'
import type { TimeSource } from '../../src/model/seams.js'

/** How long after an attach without a terminus its detach may come, ms. */
export const refusalMs = 250

/**
 * Calls `established` when the peer's attach, with this terminus, means that the link stands.
 *
 * Part 2 §2.6.3: a peer that refuses a link attaches without a terminus, then detaches with the reason at once. Simple
 * servers attach without one and mean it.
 */
export function onAttachAnswer(terminus: Terminus | null | undefined, time: TimeSource, established: () => void): void {
  if (isGiven(terminus)) established()
  else time.after(refusalMs, established)
}
