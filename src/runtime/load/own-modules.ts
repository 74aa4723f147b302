import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { ResolveMillrace } from './outside.js'

/** Doors that are rooms of `src`; the others are connectors. */
const ownRooms = ['connector', 'testing']

/** `millrace` is `src/index.js` beside this folder, `millrace/testing` is `src/testing/index.js`, `millrace/amqp` a connector. */
export const ownModules: ResolveMillrace = specifier => {
  const [, part] = specifier.split('/')
  if (part === undefined) return new URL('../../index.js', import.meta.url)
  if (ownRooms.includes(part)) return new URL(`../../${part}/index.js`, import.meta.url)
  return new URL(`../../../connectors/${part}/index.js`, import.meta.url)
}

/** What jobs may import of Millrace: `millrace` and `millrace/…`. */
export const doors: readonly string[] = [
  'millrace',
  ...[...ownRooms, ...readdirSync(new URL('../../../connectors/', import.meta.url))].sort().map(part => `millrace/${part}`),
]

const require = createRequire(import.meta.url)

/** RxJS as this command has it, for jobs that name it without having it installed. */
export const ownRxjs = (specifier: string): string => pathToFileURL(require.resolve(specifier)).href

/** The specifiers of RxJS that jobs use. */
const rxjsSpecifiers = ['rxjs', 'rxjs/operators']

/**
 * What a job file calls the module at a URL, where it is one of this installation; undefined for any other. The names are
 * those of `bundleJob`, read backwards.
 *
 * @example
 * ownSpecifier(ownModules('millrace/amqp').href) // 'millrace/amqp'
 */
export function ownSpecifier(url: string, resolve: ResolveMillrace = ownModules): string | undefined {
  const part = /\/connectors\/([^/]+)\/index\.[jt]s$/.exec(url)?.[1]
  const candidates = ['millrace', ...ownRooms.map(room => `millrace/${room}`), ...(part === undefined ? [] : [`millrace/${part}`])]
  return candidates.find(specifier => resolve(specifier).href === url) ?? rxjsSpecifiers.find(specifier => ownRxjs(specifier) === url)
}
