import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MillraceError } from '../model/errors/millrace-error.js'
import { shownPath } from './code-frame.js'

const testFile = /\.test\.[cm]?[jt]s$/
/** Folders that are somebody else's, or made from what is ours. */
const passedOver = /^(\.|node_modules$|dist$)/
/** Folders looked into; a test command started in the wrong place must end. */
const mostFolders = 10_000

/**
 * The test files among the given files and in the given folders, sorted; without any, those below the current folder.
 *
 * @throws MR640 where a path does not exist, or there is no test file.
 */
export async function testFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  let folders = 0
  const look = async (folder: string): Promise<void> => {
    if (++folders > mostFolders) throw new MillraceError('MR640', `there are more than ${mostFolders} folders below ${shownPath(folder)}`)
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !passedOver.test(entry.name)) await look(path)
      else if (entry.isFile() && testFile.test(entry.name)) found.add(path)
    }
  }
  for (const path of paths.length > 0 ? paths : ['.']) {
    const absolute = resolve(path)
    const kind = await stat(absolute).catch(() => {
      throw new MillraceError('MR640', `there is no file or folder ${path}`)
    })
    if (kind.isDirectory()) await look(absolute)
    else found.add(absolute)
  }
  if (found.size === 0)
    throw new MillraceError('MR640', `there is no *.test.ts in ${paths.length > 0 ? paths.join(', ') : 'this folder or below'}`)
  return [...found].sort()
}
