import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from '../runtime/recovery/folder-lock.js'
import { systemRandom } from '../runtime/seams/system-random.js'

const prefix = 'millrace-demo-'
/** Left folders that one demo removes, at most: a start stays quick. */
const mostSwept = 20

/** Where a demo keeps its state. */
export interface DemoFolder {
  readonly path: string
  /** Removes it, if it is temporary. */
  remove(): Promise<void>
}

/**
 * A folder for a demo's state: the one named, which stays, or a temporary one that is removed however the process ends,
 * short of a kill. What killed demos have left is swept by the next one: each answers for its folder while it lives.
 */
export async function demoFolder(named: string | undefined): Promise<DemoFolder> {
  if (named !== undefined) return { path: named, remove: async () => undefined }
  const path = await mkdtemp(join(tmpdir(), prefix))
  const lock = await lockFolder(path, systemRandom)
  const removeNow = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  process.on('exit', removeNow)
  const swept = sweep(path)
  return {
    path,
    async remove() {
      await swept
      await lock.release()
      await rm(path, { recursive: true, force: true, maxRetries: 3 })
      process.off('exit', removeNow)
    },
  }
}

/** Removes the folders of demos that live no more; what cannot be removed is somebody else's. */
async function sweep(own: string): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  const left = names.filter(name => name.startsWith(prefix)).map(name => join(tmpdir(), name))
  for (const folder of left.filter(path => path !== own).slice(0, mostSwept)) {
    try {
      const lock = await lockFolder(folder, systemRandom)
      await rm(folder, { recursive: true, force: true })
      await lock.release()
    } catch {
      // It is in use, or another user's.
    }
  }
}
