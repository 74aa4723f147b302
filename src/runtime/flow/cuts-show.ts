import type { Plan } from '../../plan/plan.js'
import { sourcesAbove } from '../status/sources-above.js'

/**
 * Whether the order of a job's results tells how its batches were cut: where branches of one source meet again, rows come
 * batch by batch of each, and what an RxJS operator makes of a batch nobody knows. A replay has to cut such a job's entries as they
 * were cut before; any other's anywhere.
 */
export function cutsShow({ nodes }: Plan): boolean {
  const above = sourcesAbove(nodes)
  return nodes.some(({ op, inputs }) => {
    const sources = inputs.flatMap(input => [...(above.get(input.split('/')[0]!) ?? [])])
    return op === 'rx' || new Set(sources).size < sources.length
  })
}
