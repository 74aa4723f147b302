import { basename } from 'node:path'
import { MillraceError } from '../model/errors/millrace-error.js'

/** What is at once the id of a job, a file name on every system and the name of an npm package. */
const names = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Device names that Windows keeps for itself, with any ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/

/** True for lower-case letters, digits and hyphens, 64 at most. */
export const isProjectName = (name: string): boolean => names.test(name) && !reserved.test(name) && name !== 'node_modules'

/**
 * The name that a project takes from its folder; `plant` where nothing of that is usable.
 *
 * @example
 * nameOfFolder('/srv/My Sensors') // 'my-sensors'
 */
export function nameOfFolder(folder: string): string {
  const name = basename(folder)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '')
  return isProjectName(name) ? name : 'plant'
}

/** @throws MR632 where a name was given that does not fit. */
export function projectName(given: string | undefined, folder: string): string {
  if (given === undefined) return nameOfFolder(folder)
  if (isProjectName(given)) return given
  throw new MillraceError('MR632', `'${given}' is no name for a project`, { hint: `for example --name ${nameOfFolder(given)}` })
}
