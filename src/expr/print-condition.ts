import type { ExprNode } from './node.js'

/** A dropped condition in a few words; the full printer lives with the plans, one floor up. */
export function printCondition(node: ExprNode): string {
  if (node.op === 'field') return node.name ?? 'field'
  if (node.op === 'literal') return JSON.stringify(node.value ?? null)
  const [first, ...rest] = (node.args ?? []).map(printCondition)
  const value = node.value === undefined ? [] : [JSON.stringify(node.value)]
  return `${first ?? ''}.${node.op}(${[...rest, ...value].join(', ')})`
}
