import { MillraceError } from '../model/errors/millrace-error.js'
import { describeOperator } from './describe-operator.js'
import { sourceNotes } from './expression-place.js'
import { findOperator } from './find-operator.js'
import { parseFunction } from './syntax.js'

/**
 * Checks the own source of an expression function: JavaScript's operators, `if`, `?:` and untagged templates on what
 * derives from its parameter would not apply to rows, and are refused with the methods to write instead.
 *
 * @throws MR111 for such an operator, MR113 for no function, MR114 where the source cannot be read (bound, native, a
 * class), MR121 for async functions and generators.
 */
export function checkExpressionSource(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw new MillraceError('MR113', `${what} wants a function such as \`r => r.celsius.gt(28)\``)
  const parsed = parseFunction(Function.prototype.toString.call(fn))
  if (!parsed) throw new MillraceError('MR114', `${what}: the source of \`${fn.name || 'the function'}\` cannot be read`)
  if (parsed.node.async || parsed.node.generator) {
    throw new MillraceError('MR121', `${what}: the expression is ${parsed.node.async ? 'async' : 'a generator'}`, sourceNotes(fn))
  }
  const use = findOperator(parsed.node)
  if (!use) return
  const { message, hint } = describeOperator(use, parsed.text)
  const notes = sourceNotes(fn, use.node.start - parsed.shift, use.node.end - use.node.start)
  throw new MillraceError('MR111', `${what}: ${message}`, { ...notes, ...(hint === undefined ? {} : { hint }) })
}
