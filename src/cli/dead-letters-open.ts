import { existsSync } from 'node:fs'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { deadLettersAtRest, jobFolders } from './dead-letters-at-rest.js'
import { liveDeadLetters } from './dead-letters-live.js'
import type { DeadLettersSource } from './dead-letters-source.js'
import { InspectApi } from './inspect-api.js'
import { inspectUrl } from './inspect-url.js'

/** Where `run` keeps what it is not told to keep elsewhere. */
const standardData = '.millrace'

export interface DeadLettersPlace {
  readonly url?: string
  readonly data?: string
}

/**
 * The letters of the data folder that is named, or of the process whose address is; where neither is, of the process at the
 * standard port, and, if none answers there, of `.millrace`.
 *
 * @throws MR601 both are named, MR476, MR477, MR479
 */
export async function openDeadLetters({ url, data }: DeadLettersPlace): Promise<DeadLettersSource> {
  if (url !== undefined && data !== undefined) {
    throw new MillraceError('MR601', '--url and --data exclude each other', { hint: 'name the process, or the folder' })
  }
  if (data !== undefined) return deadLettersAtRest(jobFolders(data))
  const api = new InspectApi(inspectUrl(url))
  try {
    await api.list('/dead-letters.json?limit=1')
    // The process may run other jobs than the one that was meant.
    if (url === undefined && existsSync(standardData)) {
      process.stderr.write(`${pc.dim(`of the process at ${inspectUrl(url)}; --data ${standardData} reads the folder`)}\n`)
    }
    return liveDeadLetters(api)
  } catch (error) {
    if (url !== undefined || !(error instanceof MillraceError) || error.code !== 'MR476' || !existsSync(standardData)) throw error
    process.stderr.write(`${pc.dim(`${error.message}; read from ${standardData}`)}\n`)
    return deadLettersAtRest(jobFolders(standardData))
  }
}
