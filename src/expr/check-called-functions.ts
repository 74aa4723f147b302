import { bindColumns, reads } from './column-names.js'
import { findOperator, type OperatorUse } from './find-operator.js'
import { type AnyNode, boundNames, childrenOf, type FunctionNode, isFunctionNode, type Program } from './syntax.js'

/** What `millrace` exports that takes expressions, by the exported name. */
const takeExpressions = new Set([
  ...['where', 'select', 'derive', 'eventTime', 'aggregate', 'amqpSink'],
  ...['sum', 'mean', 'min', 'max', 'first', 'last', 'variance', 'stddev', 'countDistinct', 'collect'],
])

/** The functions of a module by name, and the local names of Millrace's functions that take expressions. */
function namesOf(program: Program): { functions: Map<string, FunctionNode>; takers: Set<string> } {
  const functions = new Map<string, FunctionNode>()
  const takers = new Set<string>()
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration' && /^millrace(\/|$)/.test(String(statement.source.value))) {
      for (const specifier of statement.specifiers) {
        const imported =
          specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier' ? specifier.imported.name : 'default'
        if (takeExpressions.has(imported)) takers.add(specifier.local.name)
      }
    }
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type === 'FunctionDeclaration') functions.set(declared.id.name, declared)
    if (declared?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declared.declarations)
      if (id.type === 'Identifier' && init && isFunctionNode(init)) functions.set(id.name, init)
  }
  return { functions, takers }
}

/** The expression functions in an argument, also as options; not those of calls within it, nor `late`, which takes a stream. */
function functionsIn(node: AnyNode): FunctionNode[] {
  if (isFunctionNode(node)) return [node]
  if (node.type === 'CallExpression') return []
  if (node.type === 'Property' && node.key.type === 'Identifier' && node.key.name === 'late') return []
  return childrenOf(node).flatMap(functionsIn)
}

/** All nodes below one, itself included. */
const allBelow = (node: AnyNode): AnyNode[] => [node, ...childrenOf(node).flatMap(allBelow)]

interface ColumnCall {
  readonly callee: string
  /** Positions of the arguments that hold columns. */
  readonly positions: readonly number[]
}

/** The calls by plain name that pass on columns, within a function that receives columns in the given parameters. */
function columnCalls(fn: FunctionNode, params: readonly AnyNode[]): ColumnCall[] {
  const names = new Set(params.flatMap(boundNames))
  return allBelow(fn.body).flatMap((node): ColumnCall[] => {
    bindColumns(node, names)
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return []
    const positions = [...node.arguments.keys()].filter(i => reads(node.arguments[i]!, names))
    return positions.length === 0 ? [] : [{ callee: node.callee.name, positions }]
  })
}

/**
 * Uses of JavaScript's operators on columns in the functions of a job's own module that its expressions call with
 * columns, directly or through each other. Best effort by name: methods, and functions of packages, are not followed;
 * the guards of the columns themselves catch most of what is left.
 */
export function checkCalledFunctions(program: Program): OperatorUse[] {
  const { functions, takers } = namesOf(program)
  const uses = new Map<AnyNode, OperatorUse>()
  const seen = new Set<string>()
  const follow = (fn: FunctionNode, params: readonly AnyNode[]): void => {
    for (const { callee, positions } of columnCalls(fn, params)) {
      const called = functions.get(callee)
      const key = `${callee}(${positions.join()})`
      if (!called || seen.has(key)) continue
      seen.add(key)
      const use = findOperator(called, positions)
      if (use) uses.set(use.node, use)
      follow(
        called,
        positions.flatMap(i => called.params[i] ?? []),
      )
    }
  }
  for (const node of allBelow(program)) {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || !takers.has(node.callee.name)) continue
    for (const expression of node.arguments.flatMap(functionsIn)) follow(expression, expression.params)
  }
  return [...uses.values()]
}
