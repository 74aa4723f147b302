import type { GraphNode } from '../../../src/model/api.js'
import { duration, moment } from './format.js'

/** What is known of a node beside its own figures. */
export interface NodePlace {
  /** The job's clock. */
  readonly now: number
  /** Its rows stand at their arrival: there is no watermark before `eventTime`. */
  readonly isArrival: boolean
  /** The job has read all there was: every watermark is at the end of time. */
  readonly isOver: boolean
}

/**
 * What a node says about itself: what it waits for, that it needs a whole core, that it is idle and for how long, or how
 * far it is. Never NaN.
 */
export const nodeState = (node: GraphNode, { now, isArrival, isOver }: NodePlace): string => {
  // How long comes first: what does not fit is cut at the end.
  if (node.waiting) return `waits ${duration(now - node.waiting.since)} for ${node.waiting.for}`
  if (node.busy >= 0.8) return `busy ${Math.round(node.busy * 100)} % of a core`
  const reached = node.watermark !== null && Number.isFinite(node.watermark) ? node.watermark : undefined
  if (node.silentSince !== undefined) return `idle ${duration(now - node.silentSince)}`
  if (node.idle) return reached === undefined ? 'idle' : `idle ${duration(now - reached)}`
  if (reached === undefined && isOver) return 'all done'
  if (reached === undefined) return isArrival ? 'no row yet' : 'no watermark yet'
  return `${isArrival ? 'arrival' : 'watermark'} ${moment(reached, now, true)}`
}
