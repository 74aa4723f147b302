import { entries } from './entry.js'

/** MR440–MR449: the journal and the right to write it. */
export const journalErrors = entries({
  MR440: {
    title: 'replaced by another process',
    cause:
      'Another process has taken over the data folder since this one last wrote to it, so this one may neither write, nor settle, nor send.',
    remedy: 'Nothing is lost: the other process goes on where this one stopped. If it was not meant to, stop it and start this one again.',
    action: 'stop',
  },
  MR441: {
    title: 'epoch not readable',
    cause: '`epochs` in the data folder, which says who owns it, cannot be read or written, so nothing may follow from what was stored.',
    remedy: 'Mend the rights of the data folder, or the disk.',
    action: 'back-off',
  },
  MR442: {
    title: 'journal damaged',
    cause: 'An entry of the journal fails its checksum though whole entries follow it: bytes on the disk were altered.',
    remedy: 'Restore the data folder from a copy, or put its state aside and begin afresh with `millrace run --reset`.',
    action: 'stop',
  },
  MR443: {
    title: 'journal of another format',
    cause: 'A file of the journal was written by a newer release of Millrace, or is no journal.',
    remedy: 'Use the release that wrote it, or name another folder: `--data DIR`.',
    action: 'stop',
  },
  MR444: {
    title: 'journal not synced',
    cause: 'The disk reported an error for data that it had taken, so nothing is known of what was written last.',
    remedy: 'Look at the disk. The job is started again from what is on it; what was not settled is sent again by its source.',
    action: 'back-off',
  },
  MR445: {
    title: 'journal cannot be written',
    cause: 'The disk is full, or refuses to write: what is received cannot be made durable, so sources wait and nothing is settled.',
    remedy: 'Free space or mend the rights of the data folder; Millrace goes on by itself.',
    action: 'back-off',
  },
  MR446: {
    title: 'data folder older than what its sink holds',
    cause:
      'The sink holds results of entries that the journal does not have: the data folder was restored from a copy, and what the sink wrote was not. New entries would get the numbers of those, and their results would count as written.',
    remedy:
      'Put back what the sink wrote to the time of the copy, too (a result file together with its `.position`), or move it away, so that the sink begins anew.',
    action: 'stop',
  },
})
