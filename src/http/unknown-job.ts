import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { Host } from '../runtime/host.js'

/** What is said of a job that this process does not run. */
export function unknownJob(host: Host, id: string): MillraceError {
  const ids = host.jobs().map(job => job.id)
  const near = nearest(id.slice(0, 64), ids)
  return new MillraceError('MR510', `there is no job '${id.slice(0, 64)}'`, {
    hint: near ? `did you mean '${near}'?` : `the jobs are ${ids.join(', ') || 'none yet'}`,
  })
}
