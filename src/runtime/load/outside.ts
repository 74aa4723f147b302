import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { nearest } from '../../model/nearest.js'
import { doors, ownRxjs } from './own-modules.js'

/** Where `millrace` and `millrace/…` of a job file lead: the running command's own modules, never a second copy. */
export type ResolveMillrace = (specifier: string) => URL

const resolved = Symbol('resolved')

/** Leaves everything but the author's own modules outside, named by absolute URL, so that a bundle runs from any folder. */
export function outside(resolveMillrace: ResolveMillrace): Plugin {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: /^millrace(\/|$)/ }, ({ path }) =>
        doors.includes(path) ? { path: resolveMillrace(path).href, external: true } : { errors: [{ detail: noDoor(path) }] },
      )
      build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, kind, resolveDir, importer }) => {
        if (pluginData === resolved || kind === 'entry-point' || /^([a-z]:|file:|data:|node:)/i.test(path)) return undefined
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: resolved })
        if (found.errors.length === 0) return found.external ? found : { path: pathToFileURL(found.path).href, external: true }
        // A job may name RxJS without having it installed: then it gets the command's own.
        if (/^rxjs(\/|$)/.test(path)) return { path: ownRxjs(path), external: true }
        return undefined
      })
    },
  }
}

function noDoor(specifier: string): MillraceError {
  const meant = nearest(specifier, doors)
  const hint = meant === undefined ? `there are ${doors.join(', ')}` : `did you mean '${meant}'?`
  return new MillraceError('MR405', `there is no '${specifier}'`, { hint })
}
