import { type AnyNode, boundNames, childrenOf } from './syntax.js'

/** True where a node reads one of the names. Property names and object keys are no reads. */
export function reads(node: AnyNode, names: ReadonlySet<string>): boolean {
  if (node.type === 'Identifier') return names.has(node.name)
  if (node.type === 'MemberExpression' && !node.computed) return reads(node.object, names)
  if (node.type === 'Property' && !node.computed) return reads(node.value, names)
  return childrenOf(node).some(child => reads(child, names))
}

/** Adds what a node binds from a column: variables, loop variables, assignments. */
export function bindColumns(node: AnyNode, names: Set<string>): void {
  const [target, value] =
    node.type === 'VariableDeclarator'
      ? [node.id, node.init]
      : node.type === 'AssignmentExpression'
        ? [node.left, node.right]
        : node.type === 'ForOfStatement'
          ? [node.left.type === 'VariableDeclaration' ? node.left.declarations[0]!.id : node.left, node.right]
          : [undefined, undefined]
  if (target && value && reads(value, names)) for (const name of boundNames(target)) names.add(name)
}
