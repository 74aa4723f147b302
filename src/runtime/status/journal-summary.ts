import type { JournalSummary } from '../../model/api.js'
import type { JobStore } from '../recovery/job-store.js'

/** What the status of a job says of its journal; `entry` is the last one that went through the graph. */
export function journalSummaryOf({ durability, snapshotter, recovery }: JobStore, entry: number): JournalSummary {
  const { journal, loaded } = durability
  return {
    bytes: journal.bytes,
    unsynced: Math.max(0, entry - journal.durable),
    behindSnapshot: entry - snapshotter.entry,
    lastRecoveryMs: loaded || recovery.replayed > 0 ? recovery.ms : null,
  }
}
