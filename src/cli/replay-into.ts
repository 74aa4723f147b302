import { type FileHandle, open } from 'node:fs/promises'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { StretchSummary } from '../runtime/replay/replay-stretch.js'
import { counted } from './counted.js'
import { stretchText, unreadText } from './replay-summary.js'
import type { Replaying } from './replaying.js'
import { resultsNdjson } from './results-ndjson.js'
import { shownCount } from './shown-count.js'
import { writeOut } from './write-out.js'

/** Text that is written at one go. */
const blockChars = 65_536

/** The results of a replay as NDJSON, to stdout or a file. Gives the exit code. */
export async function replayInto({ options, run, say }: Replaying): Promise<number> {
  const { into } = options
  let file: FileHandle | undefined
  const most = shownCount(options.show)
  let letters = 0
  let waiting = ''
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    if (into === undefined) return writeOut(text)
    try {
      file ??= await open(into, 'w')
      await file.writeFile(text)
    } catch (error) {
      throw unwritable(into, error)
    }
  }
  let summary: StretchSummary
  try {
    summary = await run(
      {
        onOutput: output => {
          waiting += resultsNdjson(output)
        },
        onDeadLetter: ({ entry, source, code, reason }) => {
          if (++letters <= most) process.stderr.write(`${pc.yellow('dead letter')} entry ${entry} ${source} ${pc.bold(code)} ${reason}\n`)
        },
      },
      undefined,
      // Only now that there is such a stretch: what an earlier replay wrote there outlives a mistyped one.
      () => (waiting.length >= blockChars || (into !== undefined && !file) ? flush() : undefined),
    )
    await flush()
  } finally {
    await file?.close()
  }
  if (letters > most) process.stderr.write(`… and ${counted(letters - most, 'more dead letter')}: --show ${letters} shows all\n`)
  if (options.json) process.stderr.write(`${JSON.stringify({ ...summary, unread: Object.fromEntries(summary.unread) })}\n`)
  else {
    const { entries, counts } = summary
    const { received, results, late, duplicate, deadLettered } = counts
    say(pc.dim(stretchText(summary)))
    for (const line of unreadText(summary)) say(pc.yellow(line))
    say(
      pc.dim(
        `${counted(entries, 'entry', 'entries')}, ${counted(received, 'message')}, ${counted(results, 'result')}, ${late} late, ${counted(duplicate, 'duplicate')}, ${counted(deadLettered, 'dead letter')}`,
      ),
    )
  }
  return 0
}

function unwritable(path: string, error: unknown): MillraceError {
  const reason = error instanceof Error ? error.message : String(error)
  return new MillraceError('MR601', `--into ${path} cannot be written: ${reason}`, {
    cause: error,
    hint: 'name a file in a folder that is there, on a disk with room for the results',
  })
}
