import type { ExprNode } from './node.js'

let conditions: Set<ExprNode> | undefined

/** Remembers a condition while an expression is traced, so that one that the result does not hold can be named. */
export function recordCondition(node: ExprNode): void {
  conditions?.add(node)
}

/** Runs `body` and gives its result with the conditions made meanwhile. Traces may nest. */
export function recordingConditions<T>(body: () => T): { readonly result: T; readonly conditions: ReadonlySet<ExprNode> } {
  const outer = conditions
  const mine = new Set<ExprNode>()
  conditions = mine
  try {
    return { result: body(), conditions: mine }
  } finally {
    conditions = outer
  }
}
