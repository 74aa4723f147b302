import type { ExprNode } from './node.js'
import { walkNodes } from './walk-nodes.js'

/** The names of the fields that some expressions read, in order of discovery. */
export function fieldsUsed(nodes: Iterable<ExprNode>): Set<string> {
  const names = new Set<string>()
  for (const root of nodes)
    walkNodes(root, node => {
      if (node.op === 'field' && node.name !== undefined) names.add(node.name)
    })
  return names
}
