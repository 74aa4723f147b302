import { dirname } from 'node:path'
import { build } from 'esbuild'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { buildErrors } from './build-errors.js'
import { outside, type ResolveMillrace } from './outside.js'

/** A job file and its own modules as one module. */
export interface JobBundle {
  readonly file: string
  readonly code: string
}

/**
 * Bundles a job file with its own modules; nothing is minified, names are kept, and the source map lies within.
 *
 * @throws MR402 for each syntax error and MR405 for each import that is not found, together.
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
    throw MillraceError.together(buildErrors(error, folder))
  }
}
