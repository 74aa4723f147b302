import { bindColumns, reads } from './column-names.js'
import { type AnyNode, boundNames, childrenOf, type FunctionNode, isFunctionNode } from './syntax.js'

/** A use of JavaScript's own operators or control flow on a column. */
export interface OperatorUse {
  readonly node: AnyNode
  /** As written: `&&`, `?:`, `if`, … */
  readonly operator: string
  /** Whether a piece of source at this point holds a column. */
  readonly onColumn: (node: AnyNode) => boolean
}

/** True for `Boolean` and `Object.is`. */
const atOnce = (callee: AnyNode): boolean =>
  callee.type === 'Identifier'
    ? callee.name === 'Boolean'
    : callee.type === 'MemberExpression' &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'Object' &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'is'

/** The operator of a node that must not meet a column, with the parts that count. */
function operatorOf(node: AnyNode): { readonly operator: string; readonly on: readonly AnyNode[] } | undefined {
  switch (node.type) {
    case 'LogicalExpression':
      return { operator: node.operator, on: [node.left, node.right] }
    case 'BinaryExpression':
      return node.operator === 'in' || node.operator === 'instanceof' ? undefined : { operator: node.operator, on: [node.left, node.right] }
    case 'UnaryExpression':
      return ['!', '-', '+', '~'].includes(node.operator) ? { operator: node.operator, on: [node.argument] } : undefined
    case 'UpdateExpression':
      return { operator: node.operator, on: [node.argument] }
    case 'AssignmentExpression':
      return node.operator === '=' ? undefined : { operator: node.operator, on: [node.left, node.right] }
    case 'ConditionalExpression':
      return { operator: '?:', on: [node.test] }
    case 'TemplateLiteral':
      return { operator: 'a plain template', on: node.expressions }
    case 'CallExpression':
      // A column is an object: such a call answers at once, and for no row.
      return atOnce(node.callee) ? { operator: 'a call of Boolean or Object.is', on: node.arguments } : undefined
    case 'IfStatement':
      return { operator: 'if', on: [node.test] }
    case 'WhileStatement':
    case 'DoWhileStatement':
      return { operator: 'while', on: [node.test] }
    case 'ForStatement':
      return node.test ? { operator: 'for', on: [node.test] } : undefined
    case 'SwitchStatement':
      return { operator: 'switch', on: [node.discriminant] }
    default:
      return undefined
  }
}

function search(node: AnyNode, names: Set<string>): OperatorUse | undefined {
  const found = operatorOf(node)
  if (found?.on.some(part => reads(part, names))) return { node, operator: found.operator, onColumn: part => reads(part, names) }
  bindColumns(node, names)
  // A function given to a call on columns, such as `[r.a, r.b].map(c => …)`, receives columns.
  const overColumns =
    node.type === 'CallExpression' && [node.callee, ...node.arguments].some(part => !isFunctionNode(part) && reads(part, names))
  // The template of a tag is the tag's: only what stands in it is searched.
  const children = node.type === 'TaggedTemplateExpression' ? [node.tag, ...node.quasi.expressions] : childrenOf(node)
  for (const child of children) {
    const use = isFunctionNode(child) ? searchFunction(child, names, overColumns) : search(child, names)
    if (use) return use
  }
  return undefined
}

function searchFunction(node: FunctionNode, outer: ReadonlySet<string>, onColumns: boolean): OperatorUse | undefined {
  const names = new Set(outer)
  for (const name of node.params.flatMap(boundNames)) {
    if (onColumns) names.add(name)
    else names.delete(name)
  }
  for (const child of childrenOf(node)) {
    const use = search(child, names)
    if (use) return use
  }
  return undefined
}

/**
 * The first, outermost use of JavaScript's operators, `if`, `?:`, or of an untagged template on what derives from the
 * parameters of a function, or from those of the given positions. Names are followed through variables and callbacks of
 * the function itself; calls of other functions are not.
 */
export function findOperator(node: FunctionNode, positions?: readonly number[]): OperatorUse | undefined {
  const params = positions ? positions.flatMap(i => node.params[i] ?? []) : node.params
  const names = new Set(params.flatMap(boundNames))
  if (!positions && node.type !== 'ArrowFunctionExpression') names.add('arguments')
  for (const child of childrenOf(node)) {
    const use = search(child, names)
    if (use) return use
  }
  return undefined
}
