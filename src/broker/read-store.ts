import type { SegmentLog } from '../journal/segment-log.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { decodeAddress, decodeAttempts, decodeIds } from './catalogue-records.js'
import { Kept } from './kept.js'
import { Message } from './message.js'
import { decodeMessageHead } from './message-record.js'
import { PAIR, RecordKind, readPair } from './store-record.js'
import { Stored } from './stored.js'

/** What a log holds once all its records are applied. */
export interface StoreContents {
  /** Remembered addresses by number, ascending. */
  readonly kept: ReadonlyMap<number, Kept>
  /** Messages that a queue still holds, by seq. */
  readonly messages: ReadonlyMap<number, Stored>
}

/**
 * Applies the node's log, record by record. A message or id that a record refers to and that is not there has been let go
 * since. The record of an address may have been removed before those of its messages: a later one tells of it again, or
 * that it is gone.
 *
 * @throws MR442 for damaged segments and records, MR443 for a kind of record that this release does not know.
 */
export const readStore = async (log: SegmentLog): Promise<StoreContents> => {
  const contents = { kept: new Map<number, Kept>(), messages: new Map<number, Stored>() }
  for await (const { number, bytes } of log.read(0)) {
    const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const apply = READERS[record[0]!]
    if (!apply) throw new MillraceError('MR443', `record ${number} of the AMQP node's log is of kind ${record[0]}, which is not known`)
    try {
      apply(contents, record, number)
    } catch (cause) {
      throw new MillraceError('MR442', `record ${number} of the AMQP node's log cannot be read: ${(cause as Error).message}`, { cause })
    }
  }
  for (const seq of contents.messages.keys()) letGo(contents.messages, seq, holder => contents.kept.has(holder))
  // Once older segments are gone, a subscription may be told of before its topic, which has to be there first.
  return { ...contents, kept: new Map([...contents.kept].sort(([a], [b]) => a - b)) }
}

interface Contents {
  readonly kept: Map<number, Kept>
  readonly messages: Map<number, Stored>
}

type RecordReader = (contents: Contents, record: Buffer, number: number) => void

const onMessage: RecordReader = ({ kept, messages }, record, number) => {
  const { head, end } = decodeMessageHead(record)
  if (head.id !== undefined) kept.get(head.address)?.ids.add(head.id, number)
  const copied = messages.get(head.seq)
  if (copied) {
    copied.record = number
    return
  }
  if (head.holders.length === 0) return
  const seq = head.seq || number
  messages.set(seq, new Stored(number, seq, new Message(Buffer.from(record.subarray(end)), head.format), head.arrived, head.holders))
}

/** Leaves a message to the queues that keep it; to none, and it is gone. */
const letGo = (messages: Map<number, Stored>, seq: number, keeps: (holder: number) => boolean): void => {
  const stored = messages.get(seq)
  if (!stored) return
  // Most keep all of theirs; a list made anew for each of a million messages would cost seconds.
  if (stored.holders.every(keeps)) return
  stored.holders = stored.holders.filter(keeps)
  if (stored.holders.length === 0) messages.delete(seq)
}

const onAttempts: RecordReader = ({ messages }, record) => {
  const { queue, seq } = readPair(record, 1)
  const stored = messages.get(seq)
  if (!stored) return
  stored.attempts ??= new Map()
  stored.attempts.set(queue, decodeAttempts(record))
}

const onAddress: RecordReader = ({ kept }, record) => {
  const { number, acquired, ...address } = decodeAddress(record)
  const known = kept.get(number) ?? new Kept(number, address)
  known.acquired = Math.max(known.acquired, acquired)
  kept.set(number, known)
}

const onForgotten: RecordReader = ({ kept, messages }, record) => {
  const queue = record.readUInt32LE(1)
  kept.delete(queue)
  for (const seq of messages.keys()) letGo(messages, seq, holder => holder !== queue)
}

const onIds: RecordReader = ({ kept }, record, number) => {
  const ids = kept.get(record.readUInt32LE(1))?.ids
  ids?.clear()
  for (const id of decodeIds(record)) ids?.add(id, number)
}

const eachPair = (record: Buffer, apply: (queue: number, seq: number) => void): void => {
  for (let at = 1; at < record.length; at += PAIR) {
    const { queue, seq } = readPair(record, at)
    apply(queue, seq)
  }
}

const READERS: Readonly<Record<number, RecordReader>> = {
  [RecordKind.message]: onMessage,
  [RecordKind.done]: ({ messages }, record) => eachPair(record, (queue, seq) => letGo(messages, seq, holder => holder !== queue)),
  [RecordKind.acquired]: ({ kept }, record) =>
    eachPair(record, (queue, seq) => {
      const one = kept.get(queue)
      if (one) one.acquired = Math.max(one.acquired, seq)
    }),
  [RecordKind.attempts]: onAttempts,
  [RecordKind.address]: onAddress,
  [RecordKind.forgotten]: onForgotten,
  [RecordKind.ids]: onIds,
  [RecordKind.id]: ({ kept }, record, number) => kept.get(record.readUInt32LE(1))?.ids.add(record.toString('latin1', 5), number),
}
