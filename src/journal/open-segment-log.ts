import type { DiskFile } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { RecordBuffer } from './record-buffer.js'
import { damagedAt, openRecords, readChain, type Segment } from './segment-chain.js'
import { encodeHeader, headerBytes, recordSeed, type SegmentHeader } from './segment-header.js'
import type { LogEnd, SegmentLog, SegmentLogOptions } from './segment-log.js'
import { type OwnSegment, SegmentLogWriter } from './segment-log-writer.js'
import { segmentName } from './segment-name.js'

/**
 * Opens a log at the end of what earlier epochs left in its folder. The fence has to be raised before. A segment of this
 * epoch is begun at once, with a copy of those records that were written but perhaps never synced: what a process reads back
 * from the system's memory may still be lost with the machine, above all after a failed sync.
 *
 * @throws MR440, MR442, MR443, and MR445 where the segment cannot be written.
 *
 * @example
 * const log = await openSegmentLog({ disk, folder: 'data/rooms/journal', fence, header: { job: 'rooms' }, ... })
 * log.append(Buffer.from('first'))
 * await log.flush()
 * for await (const record of log.read(0)) console.log(record.number, record.bytes)
 */
export async function openSegmentLog(options: SegmentLogOptions): Promise<SegmentLog> {
  const { disk, folder, fence } = options
  try {
    await disk.makeFolder(folder)
    // Begun by one who stopped before it had its name.
    for (const name of await disk.list(folder)) if (name.endsWith('.new')) await disk.remove(`${folder}/${name}`)
  } catch (cause) {
    throw notWritten(folder, cause)
  }
  const { end = {} } = options
  end.found ??= await findEnd(options)
  const { segments, shadowed, last, durable, copy, opened } = end.found
  const from = durable + 1
  const own = await writeWhole(options, { ...ownHeader(options, opened), first: from, from }, copy)
  const ended = segments.map((segment, i) => (i === segments.length - 1 ? { ...segment, limit: durable } : segment))
  // All that the newest one held may have been in doubt: then the copy has taken its place.
  const emptied = ended.filter(({ header, limit }) => limit < header.first).map(({ name }) => name)
  try {
    const useless = [...shadowed, ...emptied]
    if (useless.length > 0) await fence.confirm()
    for (const name of useless) await disk.remove(`${folder}/${name}`)
  } catch (cause) {
    await own.file.close()
    throw notWritten(folder, cause)
  }
  return new SegmentLogWriter(options, {
    segments: ended.filter(({ header, limit }) => limit >= header.first),
    own,
    last,
    opened,
    from,
    seed: ownSeed(options, opened),
  })
}

const ownHeader = ({ fence, header }: SegmentLogOptions, opened: number) => ({ epoch: fence.epoch, began: opened, opened, header })

/** What the checksums of this epoch begin with. */
const ownSeed = (options: SegmentLogOptions, opened: number): number => recordSeed({ ...ownHeader(options, opened), first: 0, from: 0 })

async function findEnd(options: SegmentLogOptions): Promise<LogEnd> {
  const { disk, folder, fence } = options
  const { segments, shadowed } = await readChain(disk, folder)
  const newest = segments.at(-1)
  if (newest && newest.header.epoch >= fence.epoch) {
    throw new MillraceError('MR440', `${newest.name} was written by epoch ${newest.header.epoch}, this process has ${fence.epoch}`)
  }
  const opened = options.now()
  const copy = new RecordBuffer()
  const tail = newest ? await readTail(options, newest, copy, ownSeed(options, opened)) : { last: 0, durable: 0 }
  return { segments, shadowed, ...tail, copy, opened }
}

/** Finds the end of the newest segment, and puts what is in doubt into `copy`. */
async function readTail(
  options: SegmentLogOptions,
  newest: Segment,
  copy: RecordBuffer,
  seed: number,
): Promise<{ readonly last: number; readonly durable: number }> {
  const { disk, folder, onTorn } = options
  const { reader, close } = await openRecords(disk, folder, newest)
  let durable = newest.header.first - 1
  /** Where the records above `durable` begin. */
  const positions: number[] = []
  try {
    for (let at = reader.position; await reader.next(); at = reader.position) {
      positions.push(at)
      if (reader.durable <= durable) continue
      positions.splice(0, reader.durable - durable)
      durable = reader.durable
    }
    const { number: last, position } = reader
    const end = await reader.end()
    if (end === 'damaged') throw damagedAt(newest.name, position, last + 1)
    if (end === 'torn') onTorn?.({ segment: newest.name, record: last + 1, bytes: newest.size - position })
    if (last > durable) reader.seek(positions[0]!, durable)
    while (reader.number < last) {
      if (!(await reader.next())) throw damagedAt(newest.name, reader.position, reader.number + 1)
      // The copy appears whole, so each record in it may vouch for those before it.
      copy.append([reader.bytes], reader.number, reader.number - 1, seed)
    }
    return { last, durable }
  } finally {
    await close()
  }
}

/**
 * The segment of this epoch, which appears with all its records or not at all. From then on nothing counts that an owner
 * before writes.
 */
async function writeWhole(options: SegmentLogOptions, header: SegmentHeader, records: RecordBuffer): Promise<OwnSegment> {
  const { disk, folder, fence } = options
  const name = segmentName(header.epoch, header.first)
  const path = `${folder}/${name}`
  try {
    const file = await disk.create(`${path}.new`)
    try {
      await writeAll(file, encodeHeader(header), 0)
      await writeAll(file, records.bytes, headerBytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await fence.confirm()
    await disk.rename(`${path}.new`, path)
    await disk.syncFolder(folder)
    options.reached('segment-created')
    return { name, header, file: await disk.open(path, 'write'), size: headerBytes + records.length }
  } catch (cause) {
    throw notWritten(path, cause)
  }
}

async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done)
    if (written === 0) throw new Error('the disk took no bytes')
    done += written
  }
}

const notWritten = (path: string, cause: unknown): MillraceError =>
  cause instanceof MillraceError
    ? cause
    : new MillraceError('MR445', `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
