import { entries } from './entry.js'

/** MR450–MR459: snapshots and what lies beside them. */
export const snapshotErrors = entries({
  MR450: {
    title: 'state not recoverable',
    cause: 'No snapshot is whole, and the journal no longer reaches back to its beginning, so the state cannot be made again.',
    remedy: 'Restore the data folder from a copy, or put its state aside and begin afresh with `millrace run --reset`.',
    action: 'stop',
  },
})
