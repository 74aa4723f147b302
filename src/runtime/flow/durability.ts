import { join } from 'node:path'
import type { Fence } from '../../journal/fence.js'
import type { Journal } from '../../journal/journal.js'
import type { LoadedSnapshot, SnapshotStore } from '../../journal/snapshot-store.js'
import type { MillraceError } from '../../model/errors/millrace-error.js'
import type { JobRunnerOptions } from '../job-runner-options.js'
import { dataIdentity, putAside } from '../recovery/data-identity.js'
import { checkOwnJournal } from '../recovery/own-journal.js'
import type { Snapshotter } from '../recovery/snapshotter.js'

/** What keeps a job's input and state in its data folder, open for one epoch. */
export interface Durability {
  readonly fence: Fence
  readonly journal: Journal
  readonly snapshots: SnapshotStore
  /** The snapshot to start from. */
  readonly loaded: LoadedSnapshot | undefined
  /** Names the journal; see `dataIdentity`. */
  readonly origin: string
}

/** What makes a run survive the process. */
export interface Durable {
  readonly journal: Journal
  readonly fence: Fence
  readonly snapshotter: Snapshotter
}

export interface DurabilityEvents {
  readonly onDurable: () => void
  readonly onFailure: (error: MillraceError) => void
  /** The former state was put aside, as `reset` asks: another attempt need not do it. */
  readonly onPutAside?: () => void
}

/**
 * Takes over a data folder: raises its epoch, then opens what is in it.
 *
 * @throws MR465 where it is another job's, MR426, MR441, MR443 and what else the parts report.
 */
export async function openDurability(options: JobRunnerOptions, dataDir: string, events: DurabilityEvents): Promise<Durability> {
  const { disk, job, factories, tuning, reached, random, real, time, log } = options
  if (!options.reset) await checkOwnJournal(disk, dataDir, job.id)
  const fence = await factories.raiseEpoch(disk, dataDir, reached)
  if (options.reset) {
    const aside = await putAside(disk, dataDir, fence.epoch)
    log.warn(`the state of '${job.id}' was put aside in ${aside}; it begins afresh`, { job: job.id })
    events.onPutAside?.()
  }
  const origin = await dataIdentity(disk, dataDir, random)
  const snapshots = await factories.openSnapshots({ disk, folder: join(dataDir, 'snapshots'), job: job.id, fence, log, reached })
  // Before the snapshot is read: on a full disk it fails, and is tried again and again.
  const journal = await factories.openJournal({
    disk,
    folder: join(dataDir, 'journal'),
    job: job.id,
    fence,
    tuning,
    now: () => time.wall(),
    after: (ms, callback) => real.after(ms, callback),
    log,
    reached,
    ...events,
  })
  try {
    return { fence, journal, snapshots, loaded: await snapshots.load(), origin }
  } catch (error) {
    await journal.close()
    throw error
  }
}
