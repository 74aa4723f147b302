import type { Job } from '../job/graph.js'
import { printAscii } from '../plan/print-ascii.js'
import { printJson } from '../plan/print-json.js'

/**
 * The plan of a job as `millrace explain` draws it, or as JSON: for golden files, so that no edit changes a job unseen.
 *
 * @example
 * planText(job('latest', ({ read }) => [read('readings', rowsSource(S)).pipe(into(view('latest')))]))
 */
export function planText(job: Job, format: 'ascii' | 'json' = 'ascii'): string {
  const { plan } = job.start({ bounded: false })
  return format === 'json' ? printJson(plan) : printAscii(plan)
}
