import { MillraceError } from '../model/errors/millrace-error.js'
import { sourceNotes } from './expression-place.js'
import { findOperator } from './find-operator.js'
import { OperatorRewriter } from './rewrite-operators.js'
import { parseFunction } from './syntax.js'

/** What to do where no rewriting can be offered. */
const general: Readonly<Record<string, string>> = {
  if: 'choose by row with when(condition).then(value).otherwise(value)',
  while: 'expressions do not loop over values; unroll over the names of fields instead',
  for: 'expressions do not loop over values; unroll over the names of fields instead',
  switch: 'choose by row with when(condition).then(value).otherwise(value)',
}

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
  const { node, operator } = use
  const better = new OperatorRewriter(parsed.text, use.onColumn).rewrite(node)
  const statement = general[operator]
  const hint = statement ?? (better === undefined ? undefined : `write \`${better}\``)
  const shown = operator.startsWith('a ') ? operator : `\`${operator}\``
  throw new MillraceError('MR111', `${what}: ${shown} does not work on columns`, {
    ...sourceNotes(fn, node.start - parsed.shift, node.end - node.start),
    ...(hint === undefined ? {} : { hint }),
  })
}
