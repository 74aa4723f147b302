import type { Disk } from '../model/disk.js'
import { entryNumber } from './decode-entry.js'
import { readRecords } from './read-records.js'
import type { Segment } from './segment-chain.js'

/** The last entry before a segment; undefined where it holds no record. */
export async function entryBefore(disk: Disk, folder: string, segment: Segment): Promise<number | undefined> {
  const records = readRecords(disk, folder, record => (record <= segment.limit ? segment : undefined), segment.header.first - 1)
  for await (const { bytes } of records) return entryNumber(bytes).before
  return undefined
}
