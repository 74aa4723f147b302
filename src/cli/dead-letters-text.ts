import pc from 'picocolors'
import type { DeadLetter } from '../model/api.js'
import { instantText } from '../model/instant-text.js'
import { printable } from '../model/printable.js'

/** What can be done with a letter. */
export function fateOf({ retryable, retriedAt }: DeadLetter): string {
  if (retriedAt !== undefined) return `retried ${instantText(retriedAt)}`
  return retryable ? 'can be retried' : 'cannot be retried'
}

/** Two lines: which it is, and why it was refused. */
export function letterLines(letter: DeadLetter): string {
  const { id, at, source, code, reason } = letter
  const [first = ''] = reason.split('\n')
  const head = [pc.bold(printable(id)), instantText(at), printable(source), pc.yellow(code), pc.dim(fateOf(letter))].join('  ')
  return `${head}\n    ${printable(first)}\n`
}
