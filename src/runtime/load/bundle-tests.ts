import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildOptions, build, context, type Plugin } from 'esbuild'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { buildErrors } from './build-errors.js'
import { outside, type ResolveMillrace } from './outside.js'

/** Test files and what they import, each to one module in a folder. */
export interface TestBundling {
  readonly files: readonly string[]
  /** Where the modules are written. */
  readonly folder: string
  readonly resolveMillrace: ResolveMillrace
}

/** Where a module tells its own place: the names in `import.meta`, and what stands for them in a bundle. */
const ownPlace = { 'import.meta.url': '__ownUrl', 'import.meta.dirname': '__ownDirname', 'import.meta.filename': '__ownFilename' } as const
const source = /\.([cm]?[jt]s)$/

/** `import.meta.url` of a module in a bundle is that of its own file: fixtures lie beside the tests. */
const keepOwnPlace: Plugin = {
  name: 'own-place',
  setup(build) {
    build.onResolve({ filter: /^own-place:/ }, ({ path }) => ({ path: path.slice('own-place:'.length), namespace: 'own-place' }))
    build.onLoad({ filter: /.*/, namespace: 'own-place' }, ({ path }) => {
      const values = { url: path, dirname: dirname(fileURLToPath(path)), filename: fileURLToPath(path) }
      return {
        contents: Object.entries(values)
          .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
          .join('\n'),
      }
    })
    build.onLoad({ filter: source, namespace: 'file' }, async ({ path }) => {
      const contents = await readFile(path, 'utf8')
      if (!contents.includes('import.meta')) return undefined
      const names = 'url as __ownUrl, dirname as __ownDirname, filename as __ownFilename'
      // Behind the text, so that its lines and columns stay; imports come first all the same.
      const added = `\nimport { ${names} } from ${JSON.stringify(`own-place:${pathToFileURL(path).href}`)}\n`
      return { contents: contents + added, loader: source.exec(path)![1]!.endsWith('ts') ? 'ts' : 'js' }
    })
  },
}

const refuseVitest: Plugin = {
  name: 'own-runner',
  setup(build) {
    build.onResolve({ filter: /^(vitest|@jest\/globals|mocha|bun:test)$/ }, ({ path }) => {
      const error = new MillraceError('MR642', `the test imports ${path}, and \`millrace test\` runs tests with Node's own runner`)
      return { errors: [{ text: error.message, detail: error }] }
    })
  },
}

/** The module of each file, in their order. */
export const testModules = ({ files, folder }: TestBundling): readonly string[] =>
  files.map((file, i) => join(folder, `${moduleName(file, i)}.mjs`))

/** Files of different folders may have one name. */
const moduleName = (file: string, i: number): string => `${String(i).padStart(4, '0')}-${basename(file).replace(source, '')}`

const optionsOf = ({ files, folder, resolveMillrace }: TestBundling): BuildOptions => ({
  entryPoints: Object.fromEntries(files.map((file, i) => [moduleName(file, i), file])),
  absWorkingDir: process.cwd(),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  keepNames: true,
  treeShaking: false,
  charset: 'utf8',
  logLevel: 'silent',
  define: ownPlace,
  plugins: [refuseVitest, keepOwnPlace, outside(resolveMillrace)],
})

/**
 * Bundles test files, with source maps; `millrace` leads to the running command.
 *
 * @throws MR402, MR405, MR642, all of them together.
 */
export async function bundleTests(bundling: TestBundling): Promise<void> {
  await build(optionsOf(bundling)).catch((failure: unknown) => {
    throw MillraceError.together(buildErrors(failure, process.cwd()))
  })
}

/**
 * Bundles test files now and after each change of a file that they consist of; `built` is told of each time, with what
 * was wrong. Gives the way to stop.
 */
export async function watchTests(bundling: TestBundling, built: (error: MillraceError | undefined) => void): Promise<() => Promise<void>> {
  const options = optionsOf(bundling)
  const tell: Plugin = {
    name: 'tell',
    setup: build =>
      build.onEnd(({ errors }) => built(errors.length === 0 ? undefined : MillraceError.together(buildErrors({ errors }, process.cwd())))),
  }
  const watching = await context({ ...options, plugins: [...(options.plugins ?? []), tell] })
  await watching.watch()
  return () => watching.dispose()
}
