import { MillraceError, type Place } from '../model/errors/millrace-error.js'
import { checkCalledFunctions } from './check-called-functions.js'
import { declaredNames } from './declared-names.js'
import { describeOperator } from './describe-operator.js'
import { type ForbiddenGlobal, forbiddenExports, forbiddenGlobals } from './forbidden-globals.js'
import { type AnyNode, childrenOf, isFunctionNode, type Program, parseModule } from './syntax.js'

/** The dotted path of a global, such as `Math.random`; undefined where it starts at a name of the module's own. */
function globalPath(node: AnyNode, own: ReadonlySet<string>): string | undefined {
  if (node.type === 'Identifier') return own.has(node.name) ? undefined : node.name
  if (node.type !== 'MemberExpression') return undefined
  const key = node.property
  const name = node.computed
    ? key.type === 'Literal' && typeof key.value === 'string'
      ? key.value
      : undefined
    : key.type === 'Identifier'
      ? key.name
      : undefined
  const object = globalPath(node.object, own)
  if (object === undefined || name === undefined) return undefined
  return object === 'globalThis' || object === 'global' ? name : `${object}.${name}`
}

/** A module's name as written, without `node:`; a bundle names RxJS by URL. */
const moduleName = (source: string): string => (/(^|\/)rxjs(\/|$)/.test(source) ? 'rxjs' : source.replace(/^node:/, ''))

/** Local names of exports that job code must not use. */
function forbiddenImports(program: Program): Map<string, ForbiddenGlobal> {
  const found = new Map<string, ForbiddenGlobal>()
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    const table = forbiddenExports[moduleName(String(statement.source.value))]
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue
      const forbidden = table?.[specifier.imported.name]
      if (forbidden) found.set(specifier.local.name, forbidden)
    }
  }
  return found
}

/** What a node uses that it must not, as written. */
function forbiddenUse(
  node: AnyNode,
  own: ReadonlySet<string>,
  imports: ReadonlyMap<string, ForbiddenGlobal>,
): { path: string; forbidden: ForbiddenGlobal } | undefined {
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const path = globalPath(node.callee, own)
    // `new Date(ms)` makes a given time; Date() gives the clock whatever it is passed.
    if (path === 'Date' && (node.type === 'CallExpression' || node.arguments.length === 0))
      return { path: node.type === 'NewExpression' ? 'new Date()' : 'Date()', forbidden: forbiddenGlobals['Date']! }
    const imported = node.callee.type === 'Identifier' ? imports.get(node.callee.name) : undefined
    if (imported) return { path: (node.callee as { name: string }).name, forbidden: imported }
    if (path !== undefined && path !== 'Date' && !path.includes('.') && Object.hasOwn(forbiddenGlobals, path))
      return { path, forbidden: forbiddenGlobals[path]! }
  }
  if (node.type !== 'MemberExpression') return undefined
  // Members count wherever they stand: `const clock = Date.now` is used later.
  const path = globalPath(node, own)
  if (path !== undefined && Object.hasOwn(forbiddenGlobals, path) && path.includes('.')) return { path, forbidden: forbiddenGlobals[path]! }
  const imported = node.object.type === 'Identifier' ? imports.get(node.object.name) : undefined
  return imported && node.object.type === 'Identifier' ? { path: `${node.object.name}`, forbidden: imported } : undefined
}

const placeOf = (file: string, node: AnyNode): Place => ({
  file,
  line: node.loc!.start.line,
  column: node.loc!.start.column + 1,
  length: node.loc!.start.line === node.loc!.end.line ? node.end - node.start : 1,
})

/**
 * Reads the code of a job's own modules (JavaScript, ES2023) and gives an error for each use of what is no part of a
 * job's input: the clock, randomness, timers, the network. Code of packages is not read, and names that the module
 * binds itself are its own affair. Functions that the module's expressions call with columns are checked for JavaScript's
 * operators on them.
 *
 * @returns MR130 … MR133 and MR135 in the order of the source, then MR111; or one MR134 when it cannot be parsed.
 * @example
 * checkJobSource('export default Date.now()', 'a.job.js')[0]?.code // 'MR130'
 */
export function checkJobSource(code: string, file: string): readonly MillraceError[] {
  let program: Program
  try {
    program = parseModule(code)
  } catch (error) {
    const { message, loc } = error as { message: string; loc?: { line: number; column: number } }
    const place = loc && { place: { file, line: loc.line, column: loc.column + 1 } }
    return [new MillraceError('MR134', `${file}: ${message.replace(/ \(\d+:\d+\)$/, '')}`, { ...place, cause: error })]
  }
  const imports = forbiddenImports(program)
  const errors: MillraceError[] = []
  const visit = (node: AnyNode, own: ReadonlySet<string>): void => {
    const scope = isFunctionNode(node) ? new Set([...own, ...declaredNames(node)]) : own
    const use = forbiddenUse(node, scope, imports)
    if (use) {
      const { code: errorCode, hint } = use.forbidden
      errors.push(
        new MillraceError(errorCode, `\`${use.path}\` in job code`, {
          place: placeOf(file, node),
          ...(hint === undefined ? {} : { hint }),
        }),
      )
    }
    for (const child of childrenOf(node)) visit(child, scope)
  }
  visit(program, declaredNames(program))
  for (const use of checkCalledFunctions(program)) {
    const { message, hint } = describeOperator(use, code)
    errors.push(new MillraceError('MR111', message, { place: placeOf(file, use.node), ...(hint === undefined ? {} : { hint }) }))
  }
  return errors
}
