/** What became of a job's messages since it began, over restarts of its run. */
export interface JobCounts {
  received: number
  duplicate: number
  /** Messages with a known id and another body: processed. */
  idReused: number
  deadLettered: number
  skipped: number
  results: number
  /** Late rows of runs that broke; those of the present run are counted by its operators. */
  late: number
}

export const newCounts = (): JobCounts => ({
  received: 0,
  duplicate: 0,
  idReused: 0,
  deadLettered: 0,
  skipped: 0,
  results: 0,
  late: 0,
})
