import { join } from 'node:path'
import pc from 'picocolors'
import type { JournalEntry, JournalNote } from '../journal/journal.js'
import { readJournal } from '../journal/read-journal.js'
import { type SegmentFinding, verifyJournal } from '../journal/verify-journal.js'
import { instantText } from '../model/instant-text.js'
import { isBeyond, isNote, wallOf } from '../runtime/replay/replay-journal.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { byteText } from './byte-text.js'
import { counted } from './counted.js'
import { entryRange } from './entry-range.js'
import { journalBound } from './journal-bound.js'
import { journalFolder } from './journal-folder.js'
import { jsonLine, textLine } from './journal-line.js'
import { writeOut } from './write-out.js'

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
      counted(segments, 'segment'),
      counted(entries, 'entry', 'entries'),
      counted(messages, 'message'),
      counted(notes, 'note'),
    ]
    const damaged = findings.filter(({ damage }) => damage).length
    await writeOut(`${[...counts, byteText(bytes), ...(damaged > 0 ? [pc.red(`${damaged} damaged`)] : [])].join(', ')}\n`)
    if (damaged > 0) await writeOut(`${pc.dim(`What that means for a start: millrace journal verify ${path}`)}\n`)
  }
  return 0
}

/** Columns of numbers are negative: these end at the same place. */
const columns = [31, -5, -15, -9, 24, 24, -10] as const
const row = (cells: readonly string[]): string =>
  cells.map((cell, i) => (columns[i]! < 0 ? cell.padStart(-columns[i]!) : cell.padEnd(columns[i]!))).join('  ')
const listHead = row(['segment', 'epoch', 'entries', 'messages', 'from', 'to', 'size'])

function listLine({ segment, epoch, entries, messages, wall, bytes, damage }: SegmentFinding): string {
  const range = entries ? entryRange(entries) : '–'
  const times = wall ? [instantText(wall.first), instantText(wall.last)] : ['–', '–']
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
  const bytes = options.bytes === true
  const line = (item: JournalEntry | JournalNote): string =>
    options.json ? jsonLine(item, bytes) : textLine(item, bytes, process.stdout.isTTY && !bytes ? process.stdout.columns : undefined)
  const after = from && 'entry' in from ? from.entry - 1 : undefined
  let began = from === undefined
  for await (const item of readJournal(systemDisk, join(journalFolder(path), 'journal'))) {
    if (isNote(item)) {
      if (began) await writeOut(`${line(item)}\n`)
      continue
    }
    if (isBeyond(item, to)) break
    began ||= after === undefined ? wallOf(item) >= (from as { readonly time: number }).time : item.entry > after
    if (began) await writeOut(`${line(item)}\n`)
  }
  return 0
}
