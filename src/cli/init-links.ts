import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { packageRoot } from './package-root.js'

/** A package that a new project finds in its `node_modules` without an installation. */
export interface LinkedPackage {
  readonly name: string
  /** Its folder in the running installation. */
  readonly folder: string
  /** What package.json asks for, so that a later `npm install` finds the same. */
  readonly range: string
  readonly dev: boolean
}

const require = createRequire(import.meta.url)

/**
 * Millrace itself, and what type checks need, where this installation has it. A project made by an installation without
 * TypeScript runs as well; its types are checked once somebody installs it.
 */
export function linkedPackages(project: string): readonly LinkedPackage[] {
  const path = relative(project, packageRoot).replaceAll('\\', '/')
  // Another drive of a Windows machine has no relative path.
  const range = `file:${path === '' ? '.' : path}`
  const optional = ['typescript', '@types/node'].flatMap(name => installed(name) ?? [])
  return [{ name: 'millrace', folder: packageRoot, range, dev: false }, ...optional]
}

function installed(name: string): LinkedPackage | undefined {
  const folder = (require.resolve.paths(name) ?? [])
    .map(modules => join(modules, name))
    .find(place => existsSync(join(place, 'package.json')))
  if (folder === undefined) return undefined
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
  return { name, folder, range: `^${version}`, dev: true }
}

/** Where a package's link lies in the project. */
export const linkPath = (project: string, name: string): string => join(project, 'node_modules', ...name.split('/'))

/** The folder that a link lies in. */
export const linkParent = (project: string, name: string): string => dirname(linkPath(project, name))
