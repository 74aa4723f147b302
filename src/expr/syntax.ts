import {
  type AnyNode,
  type ArrowFunctionExpression,
  type FunctionDeclaration,
  type FunctionExpression,
  type Program,
  parse,
  parseExpressionAt,
} from 'acorn'

export type { AnyNode, Program }

/** An arrow function, function expression or declaration. */
export type FunctionNode = ArrowFunctionExpression | FunctionExpression | FunctionDeclaration

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as AnyNode).type === 'string'

/** The direct children of a syntax node, in the order of the source. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) if (isNode(item)) children.push(item)
  }
  return children.sort((a, b) => a.start - b.start)
}

export const isFunctionNode = (node: AnyNode): node is FunctionNode =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'

/** The names that a parameter or a variable pattern binds. */
export function boundNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap(property => boundNames(property.type === 'Property' ? property.value : property.argument))
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => (element ? boundNames(element) : []))
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}

/** A function's own source as syntax; positions count within `text`, which begins `shift` characters before the source. */
export interface FunctionSyntax {
  readonly node: FunctionNode
  readonly text: string
  readonly shift: number
}

/** Parses what `Function.prototype.toString` gave: an arrow, a function, or a method. Undefined for bound and native functions and classes. */
export function parseFunction(source: string): FunctionSyntax | undefined {
  for (const [open, close] of [
    ['(', ')'],
    ['({', '})'],
  ] as const) {
    const text = open + source + close
    try {
      const node = parseExpressionAt(text, 0, { ecmaVersion: 2023 })
      if (isFunctionNode(node)) return { node, text, shift: open.length }
      const member = node.type === 'ObjectExpression' ? node.properties[0] : undefined
      if (member?.type === 'Property' && isFunctionNode(member.value)) return { node: member.value, text, shift: open.length }
    } catch {
      // Not of this form: the next one is tried.
    }
  }
  return undefined
}

/** Parses a module. Throws acorn's SyntaxError with `loc`. */
export const parseModule = (code: string): Program =>
  parse(code, { ecmaVersion: 2023, sourceType: 'module', locations: true, allowHashBang: true, allowAwaitOutsideFunction: true })
