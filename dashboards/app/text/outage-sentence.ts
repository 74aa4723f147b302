import type { JobSummary } from '../../../src/model/api.js'
import { count, duration } from './format.js'

/** A loss of the connection that is over. */
export interface Outage {
  /** Real ms from the loss to the first word from the server again. */
  readonly tookMs: number
  /** The job as it was last heard of before. */
  readonly before: JobSummary
  /** The server had said that its process was about to be killed on purpose. */
  readonly wasKilled: boolean
}

/**
 * What a loss of the connection has done, told from figures before and after it: that nothing is lost is said only
 * when every message that had been received then is received now.
 */
export const outageSentence = ({ tookMs, before, wasKilled }: Outage, now: JobSummary): string => {
  const what = wasKilled ? 'The process was killed on purpose, and the next one answered' : 'The connection was lost and is back'
  const back = `${what} after ${duration(tookMs)}.`
  const { received } = now.counts
  const was = before.counts.received
  const recovery = now.journal?.lastRecoveryMs ?? null
  const isSameRun = recovery === (before.journal?.lastRecoveryMs ?? null) && received >= was
  if (isSameRun) return `${back} Nothing lost: the job went on meanwhile, and what was missed has been read since.`
  if (received < was && !now.journal) return `${back} The job began anew: it keeps no data folder.`
  const took = recovery === null ? 'The job recovered' : `The job recovered in ${duration(recovery)}`
  if (received < was) return `${back} ${took} and catches up: ${count(received)} of ${count(was)} messages are in again.`
  return `${back} ${took}. Nothing lost: ${count(was)} messages before, ${count(received)} now.`
}
