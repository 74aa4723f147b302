import type { CommanderError } from 'commander'
import { MillraceError } from '../model/errors/millrace-error.js'

/**
 * What the argument parser refused, as an error with its code; its suggestion becomes the remedy.
 *
 * @example
 * usageError(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--htp'\n(Did you mean --http?)")).hint // 'did you mean --http?'
 */
export function usageError({ message }: CommanderError): MillraceError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const hint = /^\(Did (.+)\)$/.exec(suggestion ?? '')?.[1]
  return new MillraceError('MR601', what, hint === undefined ? {} : { hint: `did ${hint}` })
}
