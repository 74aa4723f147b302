import { MillraceError } from '../model/errors/millrace-error.js'
import { fits } from '../runtime/recovery/plan-difference.js'
import type { DevJob } from './dev-job.js'

/** State that an edit would lose: what to tell, and the nodes to name in `drop` to lose it. */
export interface Misfit {
  readonly error: MillraceError
  readonly drop: readonly string[]
}

/**
 * Whether edited jobs could go on with the state of the running ones, told without touching either; undefined where
 * they can. A job of another id begins afresh and disturbs nothing.
 */
export function misfitOf(running: readonly DevJob[], edited: readonly DevJob[], drop: readonly string[]): Misfit | undefined {
  for (const next of edited) {
    const former = running.find(({ job }) => job.id === next.job.id)
    if (!former) continue
    const { refused } = fits(former.shape, next.shape, drop)
    if (refused.length === 0) continue
    return misfitFrom(new MillraceError('MR421', `the state of '${next.job.id}' does not fit the job as it is now`, { notes: refused }))
  }
  return undefined
}

/** Of MR421: each of its notes names the node in question first. */
export function misfitFrom(error: MillraceError): Misfit {
  const drop = [...new Set(error.notes.flatMap(note => /`([^`]+)`/.exec(note)?.[1] ?? []))]
  const hint = `undo the edit; or type drop and Enter, to give up the state of ${drop.join(', ')}`
  return { drop, error: new MillraceError('MR421', error.message, { notes: error.notes, hint, cause: error }) }
}
