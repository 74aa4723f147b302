import { entries } from './entry.js'

/** MR450–MR459: snapshots and what lies beside them. */
export const snapshotErrors = entries({
  MR450: {
    title: 'state not recoverable',
    cause: 'No snapshot is whole, and the journal no longer reaches back to its beginning, so the state cannot be made again.',
    remedy: 'Restore the data folder from a copy, or put its state aside and begin afresh with `millrace run --reset`.',
    action: 'stop',
  },
  MR451: {
    title: 'snapshot of another format',
    cause: 'A snapshot or a file beside it was written by a newer release of Millrace, or by one too old.',
    remedy: 'Use the release that wrote it, or put the state aside and begin afresh with `millrace run --reset`.',
    action: 'stop',
  },
  MR452: {
    title: 'snapshots not accessible',
    cause: 'The folder of the snapshots, or a file in it, cannot be opened, so it is not known which one is the newest.',
    remedy: 'Mend the rights of the data folder, or the disk; Millrace tries again by itself.',
    action: 'back-off',
  },
  MR453: {
    title: 'input not readable again',
    cause: 'The journal refers to input that its source keeps, and the source no longer has it, or cannot be read again.',
    remedy: 'Give the source a longer retention than the journal, or put the state aside and begin afresh with `millrace run --reset`.',
    action: 'stop',
  },
})
