import type { JobRunnerOptions } from '../job-runner-options.js'

/** Real ms between two lines. */
const periodMs = 10_000

/**
 * Says in the log how far a recovery has come, while it takes long: until it ends nothing else is heard of the job. The result ends that.
 *
 * @param entry gives the entry at hand
 * @param last the one with which the journal ends
 */
export function tellProgress(
  { job, real, log }: Pick<JobRunnerOptions, 'job' | 'real' | 'log'>,
  entry: () => number,
  last: number,
): () => void {
  let seconds = 0
  let cancel = (): void => undefined
  const wait = (): void => {
    cancel = real.after(periodMs, () => {
      seconds += periodMs / 1_000
      log.info(`takes in what its journal holds, for ${seconds} s so far: at entry ${entry()} of ${last}`, { job: job.id })
      wait()
    })
  }
  wait()
  return () => cancel()
}
