import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** An exported function or constant, as the declarations of this installation describe it. */
export interface DeclaredExport {
  readonly name: string
  /** The declaration file that it is written in. */
  readonly file: string
  /** The first sentence of its docstring; empty without one. */
  readonly summary: string
  /** The first line of its first example; empty without one. */
  readonly example: string
  /** From its name to the end of the declaration, on one line. */
  readonly signature: string
}

/**
 * The values that a declaration file exports from elsewhere, in its order, each with the docstring of its declaration.
 * Reads the form that TypeScript's own emit has.
 *
 * @example
 * declaredExports('dist/src/index.d.ts').find(({ name }) => name === 'mean')?.example // 'mean(r => r.celsius)'
 */
export function declaredExports(index: string): readonly DeclaredExport[] {
  const text = readFileSync(index, 'utf8')
  return [...text.matchAll(/^export \{([^}]*)\} from '(\.[^']+)\.js';/gm)].flatMap(([, names = '', path = '']) => {
    const file = join(dirname(index), `${path}.d.ts`)
    return names
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '' && !name.startsWith('type '))
      .flatMap(name => (existsSync(file) ? (declared(file, name) ?? []) : []))
  })
}

function declared(file: string, name: string): DeclaredExport | undefined {
  const text = readFileSync(file, 'utf8')
  const found = new RegExp(`^export declare (?:function|const|class) ${name}\\b`, 'm').exec(text)
  if (!found) return declaredExports(file).find(other => other.name === name)
  const before = text.slice(0, found.index).trimEnd()
  const doc = before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : ''
  const signature = text.slice(text.indexOf(name, found.index), endOfDeclaration(text, found.index)).replace(/\s+/g, ' ')
  return { name, file, ...readDoc(doc), signature }
}

/** Where the statement that begins at `from` ends: at the first semicolon outside of brackets. */
function endOfDeclaration(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]!
    if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (character === ';' && depth === 0) return at
  }
  return text.length
}

/** The first sentence and the first line of the first example of a docstring. */
export function readDoc(doc: string): { readonly summary: string; readonly example: string } {
  const lines = doc
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, ''))
  const tag = lines.findIndex(line => line.startsWith('@'))
  const prose = (tag < 0 ? lines : lines.slice(0, tag)).join(' ').replace(/\s+/g, ' ').trim()
  // A full stop ends a sentence where a capital follows: not in `e.g. so`.
  const summary = /^(.*?[.])(?= [\p{Lu}`]|$)/u.exec(prose)?.[1] ?? prose
  const at = lines.findIndex(line => line.startsWith('@example'))
  const example = at < 0 ? '' : (lines.slice(at + 1).find(line => line.trim() !== '') ?? '')
  return { summary, example: example.trim() }
}
