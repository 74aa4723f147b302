import { MillraceError } from '../model/errors/millrace-error.js'
import type { ExprNode } from './node.js'

const hints: Readonly<Record<string, string>> = {
  number: 'compare with gt, ge, lt, le, eq; calculate with add, sub, mul, div, mod, neg',
  default: 'add with `.add(…)`, join texts with `.concat(…)`, compare with `.eq(…)`',
  string: 'join texts with `.concat(…)` or a tagged template: format`alerts/${r.room}`',
  valueOf: 'a column has no value while the job is built; compare with gt, ge, lt, le, eq',
  toString: 'make texts with a tagged template: format`alerts/${r.room}`',
  toJSON: 'a column has no value while the job is built; print rows with debug(…)',
}

/** What a column is called in messages. */
export const nameInWords = (node: ExprNode): string =>
  node.op === 'field' ? `the column \`${node.name}\`` : `the result of \`${node.op}\``

/**
 * Refuses a conversion that a JavaScript operator, a template or `JSON.stringify` asks of a column.
 *
 * @throws MR111, always.
 */
export function refuseOperator(node: ExprNode, asked: string): never {
  const hint = hints[asked] ?? hints['default']!
  throw new MillraceError('MR111', `a JavaScript operator was used on ${nameInWords(node)}`, { hint })
}
