import { MillraceError } from '../model/errors/millrace-error.js'
import { nodeIfColumn } from './node-of.js'
import { literalNode } from './operand.js'
import { SymbolicColumn } from './symbolic-column.js'
import type { Expr, TextExpr } from './types.js'

type Part = Expr<unknown> | string | number | boolean

/** Null where a part may be null. */
type Formatted<P extends readonly Part[]> = null extends { [K in keyof P]: P[K] extends Expr<infer T> ? T : never }[number]
  ? string | null
  : string

/**
 * A text made of constants and columns; null where one of them is null. Numbers print as JavaScript prints them, times
 * as RFC 3339 in UTC with ms, booleans as `true` and `false`.
 *
 * @throws MR115 for a list.
 * @example
 * amqpSink('alerts', { address: w => format`alerts/${w.room}` })
 */
export function format<P extends readonly Part[]>(texts: TemplateStringsArray, ...parts: P): TextExpr<Formatted<P>> {
  const args = parts.map(part => nodeIfColumn(part) ?? literalNode(part))
  if (args.some(arg => arg.type === 'list'))
    throw new MillraceError('MR115', '`format` prints numbers, texts, booleans and times, not lists')
  const node = { op: 'format', type: 'text', nullable: args.some(arg => arg.nullable), args, value: [...texts] } as const
  return new SymbolicColumn(node) as unknown as TextExpr<Formatted<P>>
}
