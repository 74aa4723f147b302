import { bindColumns, reads } from './column-names.js'
import { findOperator, type OperatorUse } from './find-operator.js'
import { type AnyNode, boundNames, childrenOf, type FunctionNode, isFunctionNode, type Program } from './syntax.js'

/** What `millrace` exports that takes expressions, by the exported name. */
const takeExpressions = new Set([
  ...['where', 'select', 'derive', 'eventTime', 'aggregate', 'amqpSink'],
  ...['sum', 'mean', 'min', 'max', 'first', 'last', 'variance', 'stddev', 'countDistinct', 'collect'],
])

/** The imports of a module as [source, exported name, local name]. */
function importsOf(program: Program): readonly (readonly [string, string, string])[] {
  return program.body.flatMap(statement =>
    statement.type === 'ImportDeclaration'
      ? statement.specifiers.flatMap(specifier =>
          specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
            ? [[String(statement.source.value), specifier.imported.name, specifier.local.name] as const]
            : [],
        )
      : [],
  )
}

/** The local names of Millrace's functions that take expressions. In a bundle `millrace` is a URL: the one that `job` comes from. */
function takersOf(program: Program): Set<string> {
  const imports = importsOf(program)
  const home = imports.find(([, exported]) => exported === 'job')?.[0]
  const ours = (source: string): boolean => source === home || /^millrace(\/|$)/.test(source)
  return new Set(imports.flatMap(([source, exported, local]) => (ours(source) && takeExpressions.has(exported) ? [local] : [])))
}

/** All nodes below one, itself included. */
const allBelow = (node: AnyNode): AnyNode[] => [node, ...childrenOf(node).flatMap(allBelow)]

/** A function, also within the call by which a bundler keeps its name. */
function functionOf(init: AnyNode | null | undefined): FunctionNode | undefined {
  if (init?.type === 'CallExpression' && init.callee.type === 'Identifier' && /^__name\d*$/.test(init.callee.name))
    return functionOf(init.arguments[0])
  return init && isFunctionNode(init) ? init : undefined
}

/**
 * The functions of a module by the name under which they are called: `both`, `.both` for members of objects and classes,
 * `both[]` for those that lie in a list or an object. Of one name there may be several.
 */
function functionsOf(program: Program): Map<string, FunctionNode[]> {
  const functions = new Map<string, FunctionNode[]>()
  const add = (name: string, node: AnyNode | null | undefined): void => {
    const made = functionOf(node)
    if (made) functions.set(name, [...(functions.get(name) ?? []), made])
  }
  for (const node of allBelow(program)) {
    if (node.type === 'FunctionDeclaration' && node.id) add(node.id.name, node)
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
      add(node.id.name, node.init)
      for (const part of node.init ? childrenOf(node.init) : []) add(`${node.id.name}[]`, part.type === 'Property' ? part.value : part)
    }
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') add(node.left.name, node.right)
    const key =
      node.type === 'Property' || node.type === 'MethodDefinition' || node.type === 'PropertyDefinition'
        ? node.key
        : node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression'
          ? node.left.property
          : undefined
    const value = node.type === 'AssignmentExpression' ? node.right : (node as { value?: AnyNode | null }).value
    if (key?.type === 'Identifier') add(`.${key.name}`, value)
  }
  return functions
}

/** The name under which `functionsOf` knows what a call calls; methods of columns themselves are none. */
function calledName(callee: AnyNode, columns: ReadonlySet<string>): string | undefined {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression' || reads(callee.object, columns)) return undefined
  if (!callee.computed) return callee.property.type === 'Identifier' ? `.${callee.property.name}` : undefined
  return callee.object.type === 'Identifier' ? `${callee.object.name}[]` : undefined
}

/** The expression functions in an argument, also as options; not those of calls within it, nor `late`, which takes a stream. */
function functionsIn(node: AnyNode): FunctionNode[] {
  if (isFunctionNode(node)) return [node]
  if (node.type === 'CallExpression') return []
  if (node.type === 'Property' && node.key.type === 'Identifier' && node.key.name === 'late') return []
  return childrenOf(node).flatMap(functionsIn)
}

interface ColumnCall {
  readonly callee: string
  /** Positions of the arguments that hold columns. */
  readonly positions: readonly number[]
}

/** The calls of named functions that pass on columns, within a function that receives columns in the given parameters. */
function columnCalls(fn: FunctionNode, params: readonly AnyNode[]): ColumnCall[] {
  const names = new Set(params.flatMap(boundNames))
  return allBelow(fn.body).flatMap((node): ColumnCall[] => {
    bindColumns(node, names)
    if (node.type !== 'CallExpression') return []
    const callee = calledName(node.callee, names)
    if (callee === undefined) return []
    const positions = [...node.arguments.keys()].filter(i => reads(node.arguments[i]!, names))
    return positions.length === 0 ? [] : [{ callee, positions }]
  })
}

/**
 * Uses of JavaScript's operators on columns in the functions of a job's own module that its expressions call with
 * columns, directly or through each other. Best effort by name: functions of packages are not followed;
 * the guards of the columns themselves catch most of what is left.
 */
export function checkCalledFunctions(program: Program): OperatorUse[] {
  const functions = functionsOf(program)
  const takers = takersOf(program)
  const uses = new Map<AnyNode, OperatorUse>()
  const seen = new Set<string>()
  const follow = (fn: FunctionNode, params: readonly AnyNode[]): void => {
    for (const { callee, positions } of columnCalls(fn, params)) {
      const key = `${callee}(${positions.join()})`
      if (seen.has(key)) continue
      seen.add(key)
      for (const called of functions.get(callee) ?? []) {
        const use = findOperator(called, positions)
        if (use) uses.set(use.node, use)
        follow(
          called,
          positions.flatMap(i => called.params[i] ?? []),
        )
      }
    }
  }
  for (const node of allBelow(program)) {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || !takers.has(node.callee.name)) continue
    for (const expression of node.arguments.flatMap(functionsIn)) follow(expression, expression.params)
  }
  return [...uses.values()]
}
