import type { MillraceError } from '../model/errors/millrace-error.js'
import { isFull } from './is-full.js'
import type { JobRunnerOptions } from './job-runner-options.js'

/** Tells why a job, or its start, broke off; a full disk is asked again and again, and told of once. */
export function tellFailure({ log, job }: JobRunnerOptions, error: MillraceError, before: MillraceError | undefined): void {
  if (isFull(error) && isFull(before)) return
  // Whoever asked for the end need not hear how to mend it.
  if (error.code === 'MR416') log.warn(error.message, { code: error.code, job: job.id })
  else log.error(error.message, { code: error.code, job: job.id, hint: error.hint })
}
