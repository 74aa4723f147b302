import pc from 'picocolors'
import type { DeadLetterFilter } from '../runtime/host.js'
import { counted } from './counted.js'
import { type DeadLettersPlace, openDeadLetters } from './dead-letters-open.js'
import { letterLines } from './dead-letters-text.js'
import { writeOut } from './write-out.js'

export interface DeadLettersListOptions extends DeadLettersPlace, Pick<DeadLetterFilter, 'job' | 'code' | 'source'> {
  readonly limit: number
  readonly json?: boolean
}

/** `millrace dead-letters ls`: what was refused, newest first; as JSON one a line. Gives the exit code. */
export async function listDeadLetters(options: DeadLettersListOptions): Promise<number> {
  const { job, code, source, limit } = options
  const store = await openDeadLetters(options)
  const { letters, more } = await store.list({
    limit,
    ...(job !== undefined && { job }),
    ...(code !== undefined && { code: code.toUpperCase() }),
    ...(source !== undefined && { source }),
  })
  for (const letter of letters) await writeOut(options.json ? `${JSON.stringify(letter)}\n` : letterLines(letter))
  const retryable = letters.filter(letter => letter.retryable).length
  const some = letters.length === 0 ? 'no dead letters' : `${counted(letters.length, 'dead letter')}, ${retryable} can be retried`
  process.stderr.write(`${pc.dim(more ? `${some}; there are more: --limit ${limit * 10}` : some)}\n`)
  return 0
}
