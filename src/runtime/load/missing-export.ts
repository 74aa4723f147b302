import { readFileSync } from 'node:fs'
import { MillraceError, type Place } from '../../model/errors/millrace-error.js'
import { nearest } from '../../model/nearest.js'
import type { JobBundle } from './bundle-job.js'
import type { BundleMap } from './bundle-map.js'
import type { ImportModule } from './import-bundle.js'
import { ownSpecifier } from './own-modules.js'

/**
 * The error of the engine that a module has no export of a name, which is the only check that it makes before any code of
 * the bundle runs: where the name is imported, and what was probably meant. Undefined for any other error.
 */
export async function missingExport(
  error: unknown,
  { code }: JobBundle,
  map: BundleMap,
  load: ImportModule,
): Promise<MillraceError | undefined> {
  const found = error instanceof SyntaxError && /module '([^']*)' does not provide an export named '([^']*)'/.exec(error.message)
  if (!found) return undefined
  const [, url = '', name = ''] = found
  const module = /from\s*"([^"]*)"/g
  const imported = [...code.matchAll(module)]
    .map(([, specifier]) => specifier!)
    .find(specifier => specifier.endsWith(url.replace(/^\.+/, '')))
  const known = ownSpecifier(imported ?? url) ?? url
  const meant = nearest(name, await exportsOf(imported ?? url, load))
  const place = placeOf(name, map.files)
  return new MillraceError('MR405', `${known} has no export \`${name}\``, {
    cause: error,
    ...(place && { place }),
    hint: meant === undefined ? `see what there is with \`millrace list\`, or mend the name` : `did you mean \`${meant}\`?`,
  })
}

/** Names that a module gives; none where it cannot be loaded by itself. */
async function exportsOf(url: string, load: ImportModule): Promise<readonly string[]> {
  try {
    return Object.keys((await load(url)) as object)
  } catch {
    return []
  }
}

/** Where one of the author's files imports the name. */
function placeOf(name: string, files: readonly string[]): Place | undefined {
  for (const file of files) {
    const text = textOf(file)
    for (const { 0: statement, index } of text.matchAll(/^import\b[^'"]*\{[^}]*\}/gm)) {
      const at = new RegExp(`[{,\\s]${name.replaceAll('$', '\\$')}(?![\\w$])`).exec(statement)
      if (!at) continue
      const before = text.slice(0, index + at.index + 1).split('\n')
      return { file, line: before.length, column: before.at(-1)!.length + 1, length: name.length }
    }
  }
  return undefined
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
