import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MillraceError } from '../model/errors/millrace-error.js'

/** The embedded node keeps its messages beside the jobs, under a name that is none of a job. */
const isJobId = /^[A-Za-z0-9]/

const hasJournal = (folder: string): boolean => existsSync(join(folder, 'journal'))

/**
 * The data folder of a job: the folder named, the one that a named `journal` lies in, or, where a job is given, its
 * folder below the one named.
 *
 * @throws MR465 where there is no journal, or where there are several.
 * @example
 * journalFolder('.millrace', 'climate') // '.millrace/climate'
 */
export function journalFolder(path: string, job?: string): string {
  if (hasJournal(path)) return path
  if (basename(path) === 'journal' && existsSync(path)) return dirname(path)
  if (job !== undefined && hasJournal(join(path, job))) return join(path, job)
  const below = existsSync(path) ? readdirSync(path).filter(name => isJobId.test(name) && hasJournal(join(path, name))) : []
  const [only, ...others] = below
  if (job === undefined && only !== undefined && others.length === 0) return join(path, only)
  if (only === undefined) throw new MillraceError('MR465', `there is no journal in ${path}`)
  throw new MillraceError(
    'MR465',
    job === undefined ? `${path} holds the journals of ${below.join(', ')}` : `${path} holds no journal of '${job}'`,
    {
      hint: `name one of them: ${below.map(name => join(path, name)).join(', ')}`,
    },
  )
}
