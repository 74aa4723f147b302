import type { JobGraph } from '../../../src/model/api.js'

/**
 * The nodes whose rows stand at the time of their arrival, because no `eventTime` lies above them: what is called a
 * watermark there tells only when the newest row came.
 */
export const arrivalNodes = ({ nodes, edges }: Pick<JobGraph, 'nodes' | 'edges'>): ReadonlySet<string> => {
  const timed = nodes.filter(({ op }) => op === 'eventTime').map(({ id }) => id)
  const seen = new Set(timed)
  for (let id = timed.pop(); id !== undefined; id = timed.pop()) {
    for (const { from, to } of edges) {
      if (from !== id || seen.has(to)) continue
      seen.add(to)
      timed.push(to)
    }
  }
  return new Set(nodes.map(({ id }) => id).filter(id => !seen.has(id)))
}
