import type { Code, KernelSource } from './kernel.js'
import type { ExprNode } from './node.js'

/** True for `and`, `or`, `not`: null is neither true nor false (SQL's three-valued logic). */
export const isLogic = (node: ExprNode): boolean => node.op === 'and' || node.op === 'or' || node.op === 'not'

/** 1 where the condition is true: null is not. */
export const holds = ({ value, isNull }: Code): string => (isNull === undefined ? value : `(${value} & (${isNull} ^ 1))`)

/** 1 where the condition is false: null is not. */
const fails = ({ value, isNull }: Code): string => (isNull === undefined ? `(${value} ^ 1)` : `((${value} | ${isNull}) ^ 1)`)

/** Bits instead of branches: comparisons of numbers are cheaper than a mispredicted jump. */
export function compileLogic(source: KernelSource, node: ExprNode, args: readonly Code[]): Code {
  if (node.op === 'not') return { value: source.keep(`${args[0]!.value} ^ 1`), isNull: args[0]!.isNull }
  const and = node.op === 'and'
  const value = source.keep(args.map(holds).join(and ? ' & ' : ' | '))
  if (args.every(arg => arg.isNull === undefined)) return { value, isNull: undefined }
  const opposite = source.keep(args.map(fails).join(and ? ' | ' : ' & '))
  return { value, isNull: source.keep(`(${value} | ${opposite}) ^ 1`) }
}
