import type { JobSummary } from '../../../src/model/api.js'
import { count } from './format.js'

/** Why a chart has nothing to draw yet, as far as the job's counts tell. */
export const emptyWords = (job: JobSummary | undefined): string => {
  if (!job) return 'Nothing is known of it yet.'
  const { received, counted, late, deadLettered } = job.counts
  if (job.state === 'failed') return 'No result: the job failed before there was one.'
  if (received === 0)
    return job.state === 'stopped' ? 'No result: no message came.' : 'No message has come yet; the first result shows here.'
  if (counted === 0 && deadLettered === received)
    return `No result: all ${count(received)} messages so far were refused. Dead letters tell why.`
  if (counted === 0 && late > 0)
    return `No result: what was read so far came too late for its window, ${count(late)} in all. Late rows tell by how much.`
  return job.state === 'stopped' ? 'No result came of what was read.' : 'No result yet; the first one shows here.'
}
