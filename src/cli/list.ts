import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { type Listed, listed, type Subject, subjects } from './list-subjects.js'
import { wrapLine } from './wrap-line.js'
import { writeOut } from './write-out.js'

/**
 * `millrace list SUBJECT`: what there is to write, each with an example. Gives the exit code.
 *
 * @throws MR633 for a subject that is none.
 */
export async function list(subject: string, options: { readonly json?: boolean }): Promise<number> {
  const things = listed(subjectOf(subject))
  if (options.json) {
    await writeOut(`${JSON.stringify(things, null, 2)}\n`)
    return 0
  }
  const width = Math.max(...things.map(({ name }) => name.length))
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined
  await writeOut(`${things.map(thing => entry(thing, width, columns)).join('\n')}\n`)
  return 0
}

/** In a pipe one line, whole, for grep and the like; a terminal shows the example below, neither wider than it is. */
function entry({ name, from, summary, example }: Listed, width: number, columns: number | undefined): string {
  // Most come from `millrace`; only other modules are worth saying.
  const where = from === undefined || from === 'millrace' ? '' : `  ${pc.dim(`from '${from}'`)}`
  const said = `${pc.bold(name.padEnd(width))}  ${summary}${where}`
  if (columns === undefined) return `${said}  ${pc.cyan(example)}`
  const indent = width + 2
  return `${wrapLine(said, columns, indent)}\n${wrapLine(' '.repeat(indent) + pc.cyan(example), columns, indent + 2)}`
}

function subjectOf(text: string): Subject {
  const known = subjects.find(subject => subject === text)
  if (known) return known
  const near = nearest(text, subjects)
  throw new MillraceError('MR633', `there are no ${text} to list`, {
    hint: near ? `did you mean ${near}?` : `list ${subjects.slice(0, -1).join(', ')} or ${subjects.at(-1)}`,
  })
}
