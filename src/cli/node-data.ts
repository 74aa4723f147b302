import type { NodeData } from '../broker/index.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type FolderLock, lockFolder } from '../runtime/recovery/folder-lock.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { systemRandom } from '../runtime/seams/system-random.js'

/** A folder for the durable messages of an AMQP node, which this process alone uses. */
export interface LockedNodeData {
  readonly data: NodeData
  /** Undefined where the folder was taken from a process that still answers: its epoch stops that one. */
  readonly lock: FolderLock | undefined
}

/** @throws MR425 where another process uses the folder, unless it is taken over; MR426 where it cannot be written. */
export async function lockNodeData(folder: string, takeOver = false): Promise<LockedNodeData> {
  const data = { disk: systemDisk, folder }
  try {
    return { data, lock: await lockFolder(folder, systemRandom) }
  } catch (error) {
    if (takeOver && error instanceof MillraceError && error.code === 'MR425') return { data, lock: undefined }
    throw error
  }
}
