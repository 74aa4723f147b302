import pc from 'picocolors'
import { describeEntry } from '../journal/describe-entry.js'
import type { AcknowledgedNote, JournalEntry, JournalNote } from '../journal/journal.js'
import { instantText } from '../model/instant-text.js'
import { printable } from '../model/printable.js'
import { messageSample } from '../runtime/letters/message-sample.js'
import { byteText } from './byte-text.js'
import { counted } from './counted.js'

const sampleChars = 200
/** Messages of an entry that a line for people shows. */
const mostSamples = 5
/** As wide as `1024 messages, 100.0 KiB`, so that samples stand below each other. */
const sizeChars = 24

/** The messages of an entry: as text, or their bytes in base64. */
function messagesOf(item: JournalEntry | JournalNote, bytes: boolean): readonly string[] {
  if (item.kind !== 'chunk') return []
  const { chunk } = item
  return Array.from({ length: chunk.length }, (_, i) =>
    bytes
      ? Buffer.from(chunk.bytes.subarray(chunk.starts[i]!, chunk.ends[i]!)).toString('base64')
      : messageSample(chunk, i).slice(0, sampleChars),
  )
}

/** An entry or a note as one JSON object. */
export function jsonLine(item: JournalEntry | JournalNote, bytes: boolean): string {
  const facts = describeEntry(item)
  return JSON.stringify(item.kind === 'chunk' ? { ...facts, [bytes ? 'raw' : 'samples']: messagesOf(item, bytes) } : facts)
}

/** An entry or a note for people. `width`: columns of the terminal, which samples do not go beyond; +Infinity: as long as they are. */
export function textLine(item: JournalEntry | JournalNote, bytes: boolean, width = Number.POSITIVE_INFINITY): string {
  switch (item.kind) {
    case 'chunk': {
      const { entry, source, clock, chunk, retryOf } = item
      const begin = `${head(entry, clock.wall)}  ${source}/${chunk.partition}`
      // A chunk for its place alone, as of a file that goes on under another name.
      if (chunk.length === 0) return `${begin}  goes on at ${printable(chunk.position ?? 'no place')}`
      const messages = messagesOf(item, bytes).map(printable)
      const more = bytes || messages.length <= mostSamples ? [] : [`… ${messages.length - mostSamples} more`]
      const samples = [...(more.length > 0 ? messages.slice(0, mostSamples) : messages), ...more].join('  ')
      const again = retryOf === undefined ? '' : `, dead letter ${printable(retryOf)} again`
      const what = `${begin}  ${`${counted(chunk.length, 'message')}, ${byteText(chunk.bytes.length)}${again}`.padEnd(sizeChars)}  `
      return what + pc.dim(samples.slice(0, Math.max(0, width - what.length)))
    }
    case 'reference':
      return `${head(item.entry, item.clock.wall)}  ${item.source}/${item.partition}  ${counted(item.length, 'message')} at ${printable(item.reference)}`
    case 'time':
      return `${head(item.entry, item.wall)}  ${item.what} ${pc.dim(item.sources.join(', '))}`
    case 'acknowledged':
      return pc.dim(`${' '.repeat(8)}  acknowledged: ${printable(item.sink)} up to entry ${item.position.entry}, row ${lastRow(item)}`)
    case 'bundle':
      return pc.dim(`${' '.repeat(8)}  from here: bundle ${printable(item.bundle)}`)
  }
}

/** Counted from 1; where an older release wrote the note at least that. */
const lastRow = ({ position, rows = 1 }: AcknowledgedNote): number => position.ordinal + rows

const head = (entry: number, wall: number): string => `${String(entry).padStart(8)}  ${instantText(wall)}`
