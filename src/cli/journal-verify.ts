import { join } from 'node:path'
import pc from 'picocolors'
import { type SegmentFinding, verifyJournal } from '../journal/verify-journal.js'
import { catalogue } from '../model/errors/catalogue.js'
import { verifyState } from '../runtime/replay/replay-verify.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { byteText } from './byte-text.js'
import { counted } from './counted.js'
import { entryRange } from './entry-range.js'
import { findingFacts, totals } from './journal.js'
import { journalFolder } from './journal-folder.js'
import { writeOut } from './write-out.js'

/**
 * `millrace journal verify DIR`: every checksum of journal, snapshots, side files, bundles and dead letters, every gap, and whether
 * the state can be made again. Reads only. Gives the exit code, 1 where something is damaged.
 */
export async function journalVerify(path: string, options: { readonly json?: boolean }): Promise<number> {
  const dataDir = journalFolder(path)
  const say = (text: string): Promise<void> => (options.json ? Promise.resolve() : writeOut(`${text}\n`))
  const segments: SegmentFinding[] = []
  for await (const finding of verifyJournal(systemDisk, join(dataDir, 'journal'))) {
    segments.push(finding)
    await say(segmentLine(finding))
  }
  const { files, recovery } = await verifyState(systemDisk, dataDir, segments)
  for (const { file, about, damage } of files) {
    await say(damage === undefined ? `${whole} ${file}  ${pc.dim(about)}` : `${bad} ${file}  ${damage}`)
  }
  await say(`${recovery.possible ? whole : bad} ${recovery.text}`)
  if (!recovery.possible) await say(`  ${pc.dim('=')} try:  ${catalogue.MR442.remedy}`)
  const ok = recovery.possible && segments.every(({ damage }) => !damage) && files.every(({ damage }) => damage === undefined)
  if (options.json) {
    await writeOut(`${JSON.stringify({ ok, segments: segments.map(findingFacts), total: totals(segments), files, recovery })}\n`)
  }
  return ok ? 0 : 1
}

const whole = pc.green('whole  ')
const bad = pc.red('damaged')

const named = (entries: NonNullable<SegmentFinding['entries']>): string =>
  `${entries.first === entries.last ? 'entry' : 'entries'} ${entryRange(entries)}`

function segmentLine({ segment, entries, notes, messages, bytes, ignored, damage }: SegmentFinding): string {
  const range = entries ? `${named(entries)}, ${counted(messages, 'message')}` : 'no entry'
  const rest = ignored > 0 ? `; ${byteText(ignored)} at its end count for nothing: half-written, or being written` : ''
  if (damage) {
    const before = entries ? `; whole before that: ${named(entries)}` : ''
    // Its name stands there already.
    const what = damage.message.replace(`${segment} is `, '').replace(` of ${segment}`, '')
    return `${bad} journal/${segment}  ${pc.bold(damage.code)} ${what}${before}`
  }
  return `${whole} journal/${segment}  ${pc.dim(`${range}, ${counted(notes, 'note')}, ${byteText(bytes)}${rest}`)}`
}
