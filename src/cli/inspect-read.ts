import type { JobGraph, JobSummary } from '../model/api.js'
import type { InspectApi } from './inspect-api.js'

/** A job as it was when it was asked about. */
export interface Inspected {
  readonly job: JobSummary
  readonly graph: JobGraph
  /** All jobs of the process, by id. */
  readonly jobs: readonly string[]
}

/** Asks about a job, the first one where none is named; undefined where the process runs none. @throws MR510 no such job, MR476, MR477 */
export async function readInspected(api: InspectApi, id: string | undefined): Promise<Inspected | undefined> {
  const { items } = await api.list<JobSummary>('/jobs')
  const name = id ?? items[0]?.id
  if (name === undefined) return undefined
  const job = items.find(summary => summary.id === name)
  const graph = await api.get<JobGraph>(`/jobs/${encodeURIComponent(name)}/graph`)
  return { job: job ?? (await api.get<JobSummary>(`/jobs/${encodeURIComponent(name)}`)), graph, jobs: items.map(summary => summary.id) }
}
