import { MillraceError } from '../model/errors/millrace-error.js'
import type { Widened } from './literal.js'
import type { ExprNode } from './node.js'
import { nodeIfColumn } from './node-of.js'
import { literalNode, operandNode, typeInWords, typesMeet } from './operand.js'
import { SymbolicColumn } from './symbolic-column.js'
import { recordCondition } from './trace-context.js'
import type { BoolExpr, Expr, ExprOf } from './types.js'

type Branch = Expr<unknown> | number | string | boolean | null

/** The row value of a branch. */
type BranchValue<B> = B extends Expr<infer T> ? T : Widened<B>

/** A choice that still wants its other branch. */
export interface Then<A> {
  otherwise<const B extends Branch>(value: B): ExprOf<A | BranchValue<B>>
}

/** A condition that still wants its first branch. */
export interface When {
  then<const A extends Branch>(value: A): Then<BranchValue<A>>
}

/** Joins the branches; null takes the type of the other one. */
function choose(condition: ExprNode, first: unknown, second: unknown): ExprNode {
  const branch = (value: unknown): ExprNode | undefined => (value === null ? undefined : (nodeIfColumn(value) ?? literalNode(value)))
  const [a, b] = [branch(first), branch(second)]
  const some = a ?? b
  if (!some) throw new MillraceError('MR115', '`when` wants a value in at least one branch')
  const none: ExprNode = { op: 'literal', type: some.type, nullable: true, value: null }
  const [left, right] = [a ?? none, b ?? none]
  if (!typesMeet(left.type, right.type)) {
    throw new MillraceError('MR115', `the branches of \`when\` are ${typeInWords(left.type)} and ${typeInWords(right.type)}`)
  }
  const units = new Set([left.unit, right.unit].filter(unit => unit !== undefined))
  return {
    op: 'when',
    type: left.type === right.type ? left.type : 'number',
    nullable: left.nullable || right.nullable,
    args: [condition, left, right],
    ...(units.size === 1 ? { unit: [...units][0]! } : {}),
  }
}

/**
 * A choice by row: the first value where the condition is true, the other where it is false or null.
 *
 * @throws MR115 when the branches are of different types.
 * @example
 * derive(r => ({ level: when(r.celsius.gt(28)).then('hot').otherwise('fine') }))
 */
export function when(condition: BoolExpr<boolean | null>): When {
  const test = operandNode(condition, 'boolean', 'when')
  const thenable = {
    then: (first: unknown) => ({
      otherwise: (second: unknown) => {
        const node = choose(test, first, second)
        if (node.type === 'boolean') recordCondition(node)
        return new SymbolicColumn(node)
      },
    }),
  }
  return thenable as unknown as When
}
