import type { Graph } from '../job/graph.js'
import { competingSources } from './competing-sources.js'
import { outsideFault, type Reported } from './validate-finding.js'

/** What is wrong with jobs that run together: two of one id, or two that take messages from each other. */
export function validateTogether(graphs: readonly Graph[]): readonly Reported[] {
  const reports: Reported[] = []
  const twice = new Set(graphs.map(({ job }) => job).filter((id, i, ids) => ids.indexOf(id) !== i))
  for (const id of twice) reports.push(outsideFault(id, 'error', `two jobs have the id '${id}'`, 'MR430'))
  for (const { address, readers, wrong } of competingSources(graphs)) {
    const message = `${readers.join(' and ')} read the queue ${address}: each message reaches one of them`
    reports.push(outsideFault(readers[1], wrong ? 'error' : 'warning', message, wrong ? 'MR607' : 'MR608'))
  }
  return reports
}
