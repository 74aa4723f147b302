import type { FinalState } from './judge-results.js'
import { abortedFrom } from './message.js'
import type { Violation } from './violation.js'

/** A delivery that its sender gave up is no message: neither whole nor in parts, neither counted nor refused. */
export function judgeAborted({ sinks, letters }: FinalState): Violation | undefined {
  for (const { name, rows } of sinks.values()) {
    for (const { row } of rows) {
      const { n, ids } = row as { readonly n?: number; readonly ids?: readonly number[] }
      // A late row has its message's number, a window those of all that it counts.
      const given = (ids ?? (n === undefined ? [] : [n])).find(number => number >= abortedFrom)
      if (given !== undefined) return { invariant: 'I12', what: `${name} holds delivery ${given}, which was aborted` }
    }
  }
  const letter = letters.find(bytes => Buffer.from(bytes).includes('aborted-'))
  return letter && { invariant: 'I12', what: `an aborted delivery is a dead letter: ${Buffer.from(letter).toString('latin1')}` }
}
