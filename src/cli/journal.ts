import { join } from 'node:path'
import pc from 'picocolors'
import { describeEntry } from '../journal/describe-entry.js'
import type { AcknowledgedNote, JournalEntry, JournalNote } from '../journal/journal.js'
import { readJournal } from '../journal/read-journal.js'
import { type SegmentFinding, verifyJournal } from '../journal/verify-journal.js'
import { messageSample } from '../runtime/letters/message-sample.js'
import { isBeyond, isNote, wallOf } from '../runtime/replay/replay-journal.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { byteText } from './byte-text.js'
import { journalBound } from './journal-bound.js'
import { journalFolder } from './journal-folder.js'
import { timeText } from './time-text.js'
import { writeOut } from './write-out.js'

const sampleChars = 200
/** Messages of an entry that a line for people shows. */
const mostSamples = 5

/** `millrace journal ls DIR`: a line for each segment, then the sum. Gives the exit code. */
export async function journalList(path: string, options: { readonly json?: boolean }): Promise<number> {
  const folder = join(journalFolder(path), 'journal')
  const findings: SegmentFinding[] = []
  if (!options.json) await writeOut(`${listHead}\n`)
  for await (const finding of verifyJournal(systemDisk, folder)) {
    findings.push(finding)
    if (!options.json) await writeOut(`${listLine(finding)}\n`)
  }
  const total = totals(findings)
  if (options.json) await writeOut(`${JSON.stringify({ folder, segments: findings.map(findingFacts), total })}\n`)
  else {
    const { segments, entries, messages, notes, bytes } = total
    const counts = [
      numbered(segments, 'segment'),
      numbered(entries, 'entry', 'entries'),
      numbered(messages, 'message'),
      numbered(notes, 'note'),
    ]
    await writeOut(`${[...counts, byteText(bytes)].join(', ')}\n`)
  }
  return 0
}

const numbered = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

const columns = [31, 5, 16, 8, 24, 24, 8] as const
const row = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(columns[i]!))
    .join('  ')
    .trimEnd()
const listHead = row(['segment', 'epoch', 'entries', 'messages', 'from', 'to', 'size'])

function listLine({ segment, epoch, entries, messages, wall, bytes, damage }: SegmentFinding): string {
  const range = entries ? `${entries.first}…${entries.last}` : '–'
  const times = wall ? [timeText(wall.first), timeText(wall.last)] : ['–', '–']
  const line = row([segment, String(epoch), range, String(messages), ...times, byteText(bytes)])
  return damage ? `${line}  ${pc.red(`${damage.code} damaged`)}` : line
}

export const findingFacts = ({ damage, ...facts }: SegmentFinding) => ({
  ...facts,
  ...(damage && { damage: { code: damage.code, message: damage.message, places: damage.notes } }),
})

/** What segments hold together. */
export function totals(findings: readonly SegmentFinding[]) {
  let entries = 0
  let messages = 0
  let notes = 0
  let bytes = 0
  for (const finding of findings) {
    if (finding.entries) entries += finding.entries.last - finding.entries.first + 1
    messages += finding.messages
    notes += finding.notes
    bytes += finding.bytes
  }
  return { segments: findings.length, entries, messages, notes, bytes }
}

export interface JournalCatOptions {
  readonly from?: string
  readonly to?: string
  readonly json?: boolean
  readonly bytes?: boolean
}

/** `millrace journal cat DIR`: entries and notes, one a line. Gives the exit code. */
export async function journalCat(path: string, options: JournalCatOptions): Promise<number> {
  const from = journalBound('--from', options.from)
  const to = journalBound('--to', options.to)
  const line = options.json ? jsonLine : textLine
  const after = from && 'entry' in from ? from.entry - 1 : undefined
  let began = from === undefined
  for await (const item of readJournal(systemDisk, join(journalFolder(path), 'journal'))) {
    if (isNote(item)) {
      if (began) await writeOut(`${line(item, options.bytes === true)}\n`)
      continue
    }
    if (isBeyond(item, to)) break
    began ||= after === undefined ? wallOf(item) >= (from as { readonly time: number }).time : item.entry > after
    if (began) await writeOut(`${line(item, options.bytes === true)}\n`)
  }
  return 0
}

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

function jsonLine(item: JournalEntry | JournalNote, bytes: boolean): string {
  const facts = describeEntry(item)
  return JSON.stringify(item.kind === 'chunk' ? { ...facts, [bytes ? 'raw' : 'samples']: messagesOf(item, bytes) } : facts)
}

/** What a terminal must not obey. */
const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')

function textLine(item: JournalEntry | JournalNote, bytes: boolean): string {
  switch (item.kind) {
    case 'chunk': {
      const { entry, source, clock, chunk, retryOf } = item
      const begin = `${head(entry, clock.wall)}  ${source}/${chunk.partition}`
      // A chunk for its place alone, as of a file that goes on under another name.
      if (chunk.length === 0) return `${begin}  goes on at ${clean(chunk.position ?? 'no place')}`
      const messages = messagesOf(item, bytes).map(clean)
      const more = bytes || messages.length <= mostSamples ? [] : [`… ${messages.length - mostSamples} more`]
      const samples = [...(more.length > 0 ? messages.slice(0, mostSamples) : messages), ...more].join('  ')
      const again = retryOf === undefined ? '' : `, dead letter ${clean(retryOf)} again`
      return `${begin}  ${counted(chunk.length)}, ${byteText(chunk.bytes.length)}${again}  ${pc.dim(samples)}`
    }
    case 'reference':
      return `${head(item.entry, item.clock.wall)}  ${item.source}/${item.partition}  ${counted(item.length)} at ${clean(item.reference)}`
    case 'time':
      return `${head(item.entry, item.wall)}  ${item.what} ${pc.dim(item.sources.join(', '))}`
    case 'acknowledged':
      return pc.dim(`${' '.repeat(8)}  acknowledged: ${clean(item.sink)} up to entry ${item.position.entry}, row ${lastRow(item)}`)
    case 'bundle':
      return pc.dim(`${' '.repeat(8)}  from here: bundle ${clean(item.bundle)}`)
  }
}

/** Counted from 1; where an older release wrote the note at least that. */
const lastRow = ({ position, rows = 1 }: AcknowledgedNote): number => position.ordinal + rows

const head = (entry: number, wall: number): string => `${String(entry).padStart(8)}  ${timeText(wall)}`
const counted = (messages: number): string => `${messages} ${messages === 1 ? 'message' : 'messages'}`
