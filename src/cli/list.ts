import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { listed, type Subject, subjects } from './list-subjects.js'
import { writeOut } from './write-out.js'

/**
 * `millrace list SUBJECT`: what there is to write, one a line, with an example. Gives the exit code.
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
  const lines = things.map(({ name, from, summary, example }) => {
    // Most come from `millrace`; only other modules are worth saying.
    const where = from === undefined || from === 'millrace' ? '' : `  ${pc.dim(`from '${from}'`)}`
    return `${pc.bold(name.padEnd(width))}  ${summary}${where}  ${pc.cyan(example)}`
  })
  await writeOut(`${lines.join('\n')}\n`)
  return 0
}

function subjectOf(text: string): Subject {
  const known = subjects.find(subject => subject === text)
  if (known) return known
  const near = nearest(text, subjects)
  throw new MillraceError('MR633', `there are no ${text} to list`, {
    hint: near ? `did you mean ${near}?` : `list ${subjects.slice(0, -1).join(', ')} or ${subjects.at(-1)}`,
  })
}
