import type { GraphNode } from '../../../src/model/api.js'
import { duration, moment } from './format.js'

/** What a node says about itself: what it waits for, that it needs a whole core, that it is idle and for how long, or its watermark. Never NaN. */
export const nodeState = (node: GraphNode, now: number): string => {
  if (node.waiting) return `waits for ${node.waiting.for} ${duration(now - node.waiting.since)}`
  if (node.busy >= 0.8) return `busy ${Math.round(node.busy * 100)} % of a core`
  const watermark = node.watermark !== null && Number.isFinite(node.watermark) ? node.watermark : undefined
  if (node.silentSince !== undefined) return `idle ${duration(now - node.silentSince)}`
  if (node.idle) return watermark === undefined ? 'idle' : `idle ${duration(now - watermark)}`
  return watermark === undefined ? 'no watermark yet' : `watermark ${moment(watermark, now, true)}`
}
