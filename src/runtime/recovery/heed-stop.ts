import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Durability } from '../flow/durability.js'
import type { JobRunnerOptions } from '../job-runner-options.js'

interface Parts {
  readonly options: Pick<JobRunnerOptions, 'job' | 'isLeft'>
  readonly durability: Durability
}

/** Ends a recovery that has this entry at hand when its job is to end. What it has taken in counts as nothing. @throws MR416 */
export function heedStop({ options: { job, isLeft }, durability: { journal, loaded } }: Parts, entry: number): void {
  if (!isLeft()) return
  const again = loaded ? `all behind entry ${loaded.entry}` : 'the whole journal'
  throw new MillraceError(
    'MR416',
    `the start of '${job.id}' was left at entry ${entry} of ${journal.last}: the next one takes in ${again} again`,
  )
}
