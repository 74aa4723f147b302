import { open } from 'node:fs/promises'

/** Waits until the folder's names (new files, renames, removals) are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; there a rename is durable with the file system's own journal.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
