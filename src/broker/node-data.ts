import type { Disk } from '../model/disk.js'

/** Where a node keeps its durable messages. */
export interface NodeData {
  readonly disk: Disk
  /** Belongs to this node alone; whoever takes it over raises its epoch, and this node stops. Made if absent. */
  readonly folder: string
  /** Bytes after which a segment of the log is closed; default 16 MiB. */
  readonly segmentBytes?: number
  /** Bytes that may wait for the disk before senders do; default 8 MiB. */
  readonly bufferBytes?: number
}
