import type { Graph, Job } from '../job/graph.js'
import type { Fence } from '../journal/fence.js'
import type { Journal } from '../journal/journal.js'
import { type JournalOptions, openJournal } from '../journal/open-journal.js'
import { openSnapshots, type SnapshotOptions } from '../journal/open-snapshots.js'
import { raiseEpoch } from '../journal/raise-epoch.js'
import type { SnapshotStore } from '../journal/snapshot-store.js'
import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import type { JobClock } from './flow/job-clock.js'
import type { IdSet } from './identity/id-set.js'
import { loadStoredJob } from './recovery/stored-bundle.js'

/**
 * How the parts of a job that guard its state are made; the composition root passes them in. The simulator wraps them, to
 * prove that it finds what a fault in one of them does.
 */
export interface JobFactories {
  /** `after`: the epoch that this process had before. */
  raiseEpoch(disk: Disk, folder: string, reached: Reached, after?: number): Promise<Fence>
  openJournal(options: JournalOptions): Promise<Journal>
  openSnapshots(options: SnapshotOptions): Promise<SnapshotStore>
  /** Called with what made it, for the ids of processed messages. */
  ids(ids: IdSet): IdSet
  clock(clock: JobClock): JobClock
  graph(graph: Graph): Graph
  /** Makes a job of a former text of it, which the data folder kept. */
  storedJob(code: string, id: string): Promise<Job>
}

export const standardFactories: JobFactories = {
  raiseEpoch,
  openJournal,
  openSnapshots,
  ids: ids => ids,
  clock: clock => clock,
  graph: graph => graph,
  storedJob: (code, id) => loadStoredJob(code, id),
}
