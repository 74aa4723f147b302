import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DeadLetter } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { isWanted, type KeptLetter } from '../runtime/letters/kept-letters.js'
import { lettersAtRest } from '../runtime/letters/letters-at-rest.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import type { DeadLettersSource } from './dead-letters-source.js'

const isJobFolder = (folder: string): boolean =>
  ['journal', 'dead-letters.ndjson', 'dead-letters.1.ndjson'].some(name => existsSync(join(folder, name)))

/** The folder named where it is a job's, else those of jobs in it. @throws MR479 */
export function jobFolders(path: string): readonly string[] {
  if (isJobFolder(path)) return [path]
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : []
  const below = entries.filter(entry => entry.isDirectory() && /^[A-Za-z0-9]/.test(entry.name)).map(({ name }) => join(path, name))
  const found = below.filter(isJobFolder)
  if (found.length === 0) throw new MillraceError('MR479', `there is no data of a job in ${path}`)
  return found
}

/** The dead letters in data folders, read anew at each call; also while a process writes there. */
export function deadLettersAtRest(folders: readonly string[]): DeadLettersSource {
  return {
    async list({ limit, ...filter }) {
      // Whether one was retried is said behind it.
      const { retryable: _, ...early } = filter
      const found: DeadLetter[] = []
      let more = false
      for (const folder of folders) {
        // At most so many in memory; a mark of one that gave way says nothing any more.
        const kept = new Map<string, DeadLetter>()
        for await (const { letter } of lettersAtRest(systemDisk, folder)) {
          const known = kept.get(letter.id)
          if (letter.retriedAt !== undefined) {
            if (known) kept.set(letter.id, { ...known, retryable: false, retriedAt: letter.retriedAt })
          } else if (isWanted(letter, early)) {
            kept.set(letter.id, letter)
            if (kept.size > limit) {
              kept.delete(kept.keys().next().value!)
              more = true
            }
          }
        }
        found.push(...[...kept.values()].filter(letter => isWanted(letter, filter)).reverse())
      }
      found.sort((a, b) => b.at - a.at)
      return { letters: found.slice(0, limit), more: more || found.length > limit }
    },
    async find(id) {
      for (const folder of folders) {
        let found: KeptLetter | undefined
        for await (const kept of lettersAtRest(systemDisk, folder)) {
          if (kept.letter.id !== id) continue
          const { retriedAt } = kept.letter
          if (retriedAt === undefined) found = kept
          else if (found) found = { ...found, letter: { ...found.letter, retryable: false, retriedAt } }
        }
        if (found) return found
      }
      throw new MillraceError('MR510', `there is no dead letter '${id.slice(0, 64)}' in ${folders.join(', ')}`, {
        hint: 'the ids are those of `millrace dead-letters ls`',
      })
    },
  }
}
