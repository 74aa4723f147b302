import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import { ReplayComparer, type ReplayDifference } from '../runtime/replay/replay-compare.js'
import { stretchText, unreadText } from './replay-summary.js'
import type { Replaying } from './replaying.js'
import { shownCount } from './shown-count.js'
import { writeOut } from './write-out.js'

/** Which results of a stretch the job as it is now would give differently. Gives the exit code: 1 where some differ, as `diff` does. */
export async function replayCompare({ options, run, say }: Replaying): Promise<number> {
  if (options.into !== undefined) throw new MillraceError('MR601', '--compare prints to stdout, and takes no --into')
  const comparer = new ReplayComparer(shownCount(options.show))
  const ignored = (): void => undefined
  const summary = await run(
    { onOutput: output => comparer.now(output), onDeadLetter: ignored },
    { onOutput: output => comparer.before(output), onDeadLetter: ignored },
  )
  const { same, changed, onlyBefore, onlyNow, differences } = comparer.end()
  const differ = changed + onlyBefore + onlyNow
  if (options.json) {
    const { counts: _, unread, ...stretch } = summary
    const facts = { ...stretch, unread: Object.fromEntries(unread), same, changed, onlyBefore, onlyNow, differences }
    await writeOut(`${JSON.stringify(facts)}\n`)
    return differ > 0 ? 1 : 0
  }
  for (const difference of differences) await writeOut(`${differenceText(difference)}\n`)
  if (differences.length < differ) await writeOut(`… and ${differ - differences.length} more: --show ${differ} shows all\n`)
  await writeOut(`${same} results are the same, ${changed} changed, ${onlyBefore} came only before, ${onlyNow} come only now\n`)
  say(pc.dim(stretchText(summary)))
  for (const line of unreadText(summary)) say(pc.yellow(line))
  return differ > 0 ? 1 : 0
}

type Row = Readonly<Record<string, Json>>

const fields = (row: Row, names: readonly string[]): string => names.map(name => `${name} ${JSON.stringify(row[name] ?? null)}`).join(', ')

/** `~` changed, with the old and new values of what differs; `-` only before, `+` only now, with the whole row. */
function differenceText({ kind, result, id, before, now }: ReplayDifference): string {
  const name = `${result}  ${pc.dim(id)}`
  switch (kind) {
    case 'changed': {
      const names = [...new Set([...Object.keys(before!), ...Object.keys(now!)])]
      const lines = names
        .filter(field => JSON.stringify(before![field]) !== JSON.stringify(now![field]))
        .map(field => `    ${field}: ${shown(before![field])} → ${shown(now![field])}`)
      return [`${pc.yellow('~')} ${name}`, ...lines].join('\n')
    }
    case 'only-before':
      return `${pc.red('-')} ${name}\n    ${fields(before!, Object.keys(before!))}`
    case 'only-now':
      return `${pc.green('+')} ${name}\n    ${fields(now!, Object.keys(now!))}`
  }
}

const shown = (value: Json | undefined): string => (value === undefined ? '(none)' : JSON.stringify(value))
