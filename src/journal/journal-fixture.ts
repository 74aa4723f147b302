import type { MillraceError } from '../model/errors/millrace-error.js'
import { defaultTuning, type Journal, type JournalEntry, type JournalNote, type JournalTuning } from './journal.js'
import type { MemoryDisk } from './memory-disk-fixture.js'
import { openJournal } from './open-journal.js'
import { raiseEpoch } from './raise-epoch.js'

export interface OpenedJournal {
  readonly journal: Journal
  readonly epoch: number
  readonly failures: MillraceError[]
  readonly told: string[]
}

/** Raises the epoch of `data` on this disk and opens its journal; pauses for a full disk last one turn. */
export async function openedJournal(disk: MemoryDisk, tuning: Partial<JournalTuning> = {}, now = () => 0): Promise<OpenedJournal> {
  const failures: MillraceError[] = []
  const told: string[] = []
  const tell = (message: string): number => told.push(message)
  const fence = await raiseEpoch(disk, 'data', () => {})
  const journal = await openJournal({
    disk,
    folder: 'data/journal',
    job: 'rooms',
    fence,
    tuning: { ...defaultTuning, ...tuning },
    now,
    after: (_ms, callback) => {
      const turn = setImmediate(callback)
      return () => clearImmediate(turn)
    },
    log: { info: tell, warn: tell, error: tell },
    reached: () => {},
    onDurable: () => {},
    onFailure: error => failures.push(error),
  })
  return { journal, epoch: fence.epoch, failures, told }
}

/** An entry of `texts.length` messages, which lie in the middle of a larger buffer. */
export function chunkEntry(entry: number, texts: readonly string[]): JournalEntry {
  const bodies = texts.map(text => Buffer.from(text))
  const bytes = Buffer.concat([Buffer.from('before'), ...bodies.flatMap(body => [body, Buffer.from('-')])])
  const starts = new Int32Array(texts.length + 2)
  const ends = new Int32Array(texts.length + 2)
  let at = 6
  bodies.forEach((body, i) => {
    starts[i] = at
    ends[i] = at + body.length
    at = ends[i]! + 1
  })
  return {
    kind: 'chunk',
    entry,
    source: 'readings',
    clock: { wall: 1_000 + entry, stream: entry / 2, partition: entry / 4 },
    chunk: { encoding: 'body', partition: 3, bytes, starts, ends, length: texts.length, receipt: entry },
  }
}

/** What matters of an entry, independent of buffers. */
export function plain(item: JournalEntry | JournalNote): unknown {
  if (item.kind === 'time') return { ...item, partitions: [...item.partitions] }
  if (item.kind !== 'chunk') return item
  const { chunk, ...rest } = item
  const texts = Array.from({ length: chunk.length }, (_, i) =>
    Buffer.from(chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])).toString('latin1'),
  )
  const lines = chunk.lines && [...chunk.lines.subarray(0, chunk.length)]
  return { ...rest, encoding: chunk.encoding, partition: chunk.partition, texts, lines }
}

export async function allOf(journal: Journal, after = 0): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of journal.read(after)) all.push(plain(item))
  return all
}
