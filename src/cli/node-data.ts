import type { NodeData } from '../broker/index.js'
import { type FolderLock, lockFolder } from '../runtime/folder-lock.js'
import { systemDisk } from '../runtime/system-disk.js'
import { systemRandom } from '../runtime/system-random.js'

/** A folder for the durable messages of an AMQP node, which this process alone uses. */
export interface LockedNodeData {
  readonly data: NodeData
  readonly lock: FolderLock
}

/** @throws MR425 where another process uses the folder, MR426 where it cannot be written. */
export const lockNodeData = async (folder: string): Promise<LockedNodeData> => ({
  lock: await lockFolder(folder, systemRandom),
  data: { disk: systemDisk, folder },
})
