import type { ExprNode } from './node.js'

/** All nodes of an expression, each once, users before their arguments. */
export function walkNodes(root: ExprNode, visit: (node: ExprNode) => void): void {
  const seen = new Set<ExprNode>()
  const stack = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    visit(node)
    for (const arg of node.args ?? []) stack.push(arg)
  }
}
