import type { GraphNode } from '../../../src/model/api.js'

/** A node's name as people say it: `view climate`, and the bare operator where its id is only a number behind it. */
export function nodeTitle({ id, kind, op }: Pick<GraphNode, 'id' | 'kind' | 'op'>): string {
  if (id.startsWith(`${kind}:`)) return kind === 'view' ? `view ${id.slice(5)}` : id.slice(kind.length + 1)
  return /^\d+$/.test(id.slice(op.length + 1)) && id.startsWith(`${op}-`) ? op : id
}
