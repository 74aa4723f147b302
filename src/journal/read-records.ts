import type { Disk } from '../model/disk.js'
import { damagedAt, openRecords, type Segment } from './segment-chain.js'
import type { LogRecord } from './segment-log.js'

/**
 * Records after `after`, from segment to segment.
 *
 * @param find The segment that holds a record, or the oldest that follows it; asked again at each end, so that a log may
 *   be read while it grows. A limit of +Infinity: up to where its whole records end.
 * @throws MR442
 */
export async function* readRecords(
  disk: Disk,
  folder: string,
  find: (record: number) => Segment | undefined,
  after: number,
): AsyncGenerator<LogRecord> {
  let seen = after
  for (let segment = find(seen + 1); segment; segment = find(seen + 1)) {
    const { reader, close } = await openRecords(disk, folder, segment)
    try {
      for (let part: Segment | undefined = segment; part?.name === segment.name; part = find(seen + 1)) {
        reader.extend(part.size)
        while (reader.number < part.limit) {
          if (!(await reader.next())) {
            if (part.limit !== Number.POSITIVE_INFINITY || (await reader.end()) === 'damaged') {
              throw damagedAt(part.name, reader.position, reader.number + 1)
            }
            return
          }
          if (reader.number > seen) yield { number: reader.number, bytes: reader.bytes }
        }
        seen = reader.number
      }
    } finally {
      await close()
    }
  }
}
