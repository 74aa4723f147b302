import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild'
import { MillraceError, type Place } from '../../model/errors/millrace-error.js'
import { ownRxjs } from './own-modules.js'

/** Where `millrace` and `millrace/…` of a job file lead: the running command's own modules, never a second copy. */
export type ResolveMillrace = (specifier: string) => URL

/** A job file and its own modules as one module. */
export interface JobBundle {
  readonly file: string
  readonly code: string
}

const resolved = Symbol('resolved')

/** Leaves everything but the job's own modules outside, named by absolute URL, so that the bundle runs from any folder. */
function outside(resolveMillrace: ResolveMillrace): Plugin {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: /^millrace(\/|$)/ }, ({ path }) => ({ path: resolveMillrace(path).href, external: true }))
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

function placeOf({ location }: Message, folder: string): Place | undefined {
  if (!location) return undefined
  return { file: resolve(folder, location.file), line: location.line, column: location.column + 1, length: Math.max(1, location.length) }
}

/**
 * Bundles a job file with its own modules; nothing is minified, names are kept, and the source map lies within.
 *
 * @throws MR402 at the first syntax error, MR405 for an import that is not found; further ones are in the notes.
 */
export async function bundleJob(file: string, resolveMillrace: ResolveMillrace): Promise<JobBundle> {
  const folder = dirname(file)
  try {
    const result = await build({
      entryPoints: [file],
      absWorkingDir: folder,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      // Readers of source maps put it before each name, some as it is: with its slash.
      sourceRoot: `${folder}/`,
      outfile: 'job.mjs',
      keepNames: true,
      minify: false,
      treeShaking: false,
      charset: 'utf8',
      logLevel: 'silent',
      plugins: [outside(resolveMillrace)],
    })
    return { file, code: result.outputFiles[0]!.text }
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors ?? []
    const [first, ...others] = errors
    if (!first) throw error
    const code = first.text.startsWith('Could not resolve') ? 'MR405' : 'MR402'
    const place = placeOf(first, folder)
    throw new MillraceError(code, first.text, {
      cause: error,
      ...(place && { place }),
      notes: others.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text)),
    })
  }
}
