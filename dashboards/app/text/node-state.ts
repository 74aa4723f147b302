import type { GraphNode } from '../../../src/model/api.js'
import { duration, moment } from './format.js'

/**
 * What a node says about itself: what it waits for, that it needs a whole core, that it is idle and for how long, or how
 * far it is. Never NaN.
 *
 * @param isArrival its rows stand at their arrival: there is no watermark before `eventTime`
 */
export const nodeState = (node: GraphNode, now: number, isArrival = false): string => {
  if (node.waiting) return `waits for ${node.waiting.for} ${duration(now - node.waiting.since)}`
  if (node.busy >= 0.8) return `busy ${Math.round(node.busy * 100)} % of a core`
  const reached = node.watermark !== null && Number.isFinite(node.watermark) ? node.watermark : undefined
  if (node.silentSince !== undefined) return `idle ${duration(now - node.silentSince)}`
  if (node.idle) return reached === undefined ? 'idle' : `idle ${duration(now - reached)}`
  if (reached === undefined) return isArrival ? 'no row yet' : 'no watermark yet'
  return `${isArrival ? 'arrival' : 'watermark'} ${moment(reached, now, true)}`
}
