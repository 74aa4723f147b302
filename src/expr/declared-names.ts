import { type AnyNode, boundNames, childrenOf, type FunctionNode, isFunctionNode } from './syntax.js'

/** The names that a statement or declaration binds by itself. */
function ownNames(node: AnyNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return boundNames(node.id)
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return node.id ? [node.id.name] : []
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return [node.local.name]
    case 'CatchClause':
      return node.param ? boundNames(node.param) : []
    default:
      return []
  }
}

/**
 * The names that are bound in a module or function, not in the functions inside of it: parameters, variables of all its
 * blocks, functions, classes, imports. Blocks are taken as one.
 */
export function declaredNames(scope: AnyNode): Set<string> {
  const names = new Set(isFunctionNode(scope) ? scope.params.flatMap(boundNames) : [])
  const collect = (node: AnyNode): void => {
    for (const name of ownNames(node)) names.add(name)
    if (isFunctionNode(node)) return
    for (const child of childrenOf(node)) collect(child)
  }
  for (const child of isFunctionNode(scope) ? [(scope as FunctionNode).body] : childrenOf(scope)) collect(child)
  return names
}
