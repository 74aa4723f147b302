import { join } from 'node:path'
import { journalJob } from '../../journal/read-journal.js'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'

/**
 * Refuses a data folder in which another job has taken its input in: that would go through operators it was not meant for.
 *
 * @throws MR465
 */
export async function checkOwnJournal(disk: Disk, dataDir: string, job: string): Promise<void> {
  const owner = await journalJob(disk, join(dataDir, 'journal'))
  if (owner === undefined || owner === job) return
  throw new MillraceError('MR465', `${dataDir} holds the journal of '${owner}', not of '${job}'`, {
    hint: `name the data folder of '${job}', or the job file of '${owner}'`,
  })
}
