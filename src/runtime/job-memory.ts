import type { Graph } from '../job/graph.js'
import type { RandomSource } from '../model/seams.js'
import { IdSet } from './id-set.js'
import { type JobCounts, newCounts } from './job-counts.js'
import type { JobSnapshot } from './job-snapshot.js'
import { lateRows } from './late-rows.js'
import { Origins } from './origins.js'

/** What a job remembers beside its graph, over restarts of its run. */
export class JobMemory {
  readonly counts: JobCounts = newCounts()
  readonly ids: IdSet
  origins = new Origins()
  /** The number of the last journal entry. */
  entry = 0

  constructor(random: RandomSource) {
    this.ids = new IdSet({ key: Number.parseInt(random.hex(8), 16) | 0 })
  }

  snapshot(): Pick<JobSnapshot, 'ids' | 'origins' | 'entry' | 'counts'> {
    return { ids: this.ids.snapshot(), origins: this.origins.state(), entry: this.entry, counts: { ...this.counts } }
  }

  restore(snapshot: JobSnapshot): void {
    this.ids.restore(snapshot.ids)
    this.origins = new Origins(snapshot.origins)
    this.entry = snapshot.entry
    Object.assign(this.counts, snapshot.counts)
  }

  /** The state of a run is lost, so the ids that guarded it go with it: input that is sent again counts. */
  runLost(graph: Graph): void {
    this.counts.late += lateRows(graph)
    this.ids.clear()
  }
}
