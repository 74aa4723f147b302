import { type AnyNode, childrenOf, parseModule } from '../../expr/syntax.js'
import type { ResolveMillrace } from './outside.js'
import { ownRxjs, ownSpecifier } from './own-modules.js'

interface Specifier {
  readonly value: string
  /** Of the literal, quotes included. */
  readonly start: number
  readonly end: number
}

/** The module names in a bundle: of imports, of exports from elsewhere, and of dynamic imports. */
export function specifiersOf(code: string): readonly Specifier[] {
  const found: Specifier[] = []
  const look = (node: AnyNode): void => {
    const named =
      node.type === 'ImportDeclaration' ||
      node.type === 'ExportNamedDeclaration' ||
      node.type === 'ExportAllDeclaration' ||
      node.type === 'ImportExpression'
    const source = named ? node.source : undefined
    if (source?.type === 'Literal' && typeof source.value === 'string') {
      found.push({ value: source.value, start: source.start, end: source.end })
    }
    for (const child of childrenOf(node)) look(child)
  }
  look(parseModule(code))
  return found.sort((a, b) => a.start - b.start)
}

function renamed(code: string, name: (specifier: string) => string): string {
  let text = ''
  let at = 0
  for (const { value, start, end } of specifiersOf(code)) {
    text += code.slice(at, start) + JSON.stringify(name(value))
    at = end
  }
  return text + code.slice(at)
}

/** A bundle whose modules of this installation are called `millrace`, `millrace/amqp`, `rxjs` again, so that it outlives a move or an upgrade. */
export const portableBundle = (code: string, resolve?: ResolveMillrace): string =>
  renamed(code, specifier => ownSpecifier(specifier, resolve) ?? specifier)

/** The inverse: the names lead to the modules of the installation at hand. */
export const installedBundle = (code: string, resolve: ResolveMillrace): string =>
  renamed(code, specifier => {
    if (/^millrace(\/|$)/.test(specifier)) return resolve(specifier).href
    return /^rxjs(\/|$)/.test(specifier) ? ownRxjs(specifier) : specifier
  })
