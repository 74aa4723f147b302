import pc from 'picocolors'
import type { DeadLetter } from '../model/api.js'
import { timeText } from './time-text.js'

/** Without what a terminal must not obey: reasons and samples hold what a device sent. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')

/** What can be done with a letter. */
export function fateOf({ retryable, retriedAt }: DeadLetter): string {
  if (retriedAt !== undefined) return `retried ${timeText(retriedAt)}`
  return retryable ? 'can be retried' : 'cannot be retried'
}

/** Two lines: which it is, and why it was refused. */
export function letterLines(letter: DeadLetter): string {
  const { id, at, source, code, reason } = letter
  const [first = ''] = reason.split('\n')
  const head = [pc.bold(printable(id)), timeText(at), printable(source), pc.yellow(code), pc.dim(fateOf(letter))].join('  ')
  return `${head}\n    ${printable(first)}\n`
}
