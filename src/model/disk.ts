/**
 * Files as journal, snapshots and dead letters use them, injected so that the simulator owns them. Errors carry the
 * system's `code` (`ENOSPC`, `ENOENT`, `EEXIST`, …), as Node's do.
 */
export interface Disk {
  /** With its parents, for their owner alone, durable when it resolves; no error, and nothing changed, where it exists. */
  makeFolder(path: string): Promise<void>
  /** Names in a folder, sorted; empty where there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** Whether there is a file or folder of this name. Cheap: it is asked before each settlement and each send. */
  exists(path: string): Promise<boolean>
  /** A new, empty file. @throws EEXIST */
  create(path: string): Promise<DiskFile>
  /** @throws ENOENT */
  open(path: string, how: 'read' | 'write'): Promise<DiskFile>
  /** Replaces `to` at once, if it exists. Durable after `syncFolder`. */
  rename(from: string, to: string): Promise<void>
  /** No error where it is gone. */
  remove(path: string): Promise<void>
  /** Waits until the folder's entries (new files, renames, removals) are on the disk. */
  syncFolder(path: string): Promise<void>
}

export interface DiskFile {
  /** Writes from `position` on; gives the bytes that were written, which may be fewer (a full disk): then the caller goes on. */
  write(bytes: Uint8Array, position: number): Promise<number>
  /** Reads up to `into.length` bytes; gives how many, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>
  /** `fdatasync`. After an error nothing is known of what was written since the last one, and trying again lies: the caller gives the file up. */
  sync(): Promise<void>
  size(): Promise<number>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}
