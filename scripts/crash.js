// `npm run crash -- --kills 100 [--seed S] [--peer artemis|node] [--rate R] [--up SECONDS]`: kill -9 under load, again and again; see
// test/recovery/crash-test.ts. Runs the built command.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const built = spawnSync(process.execPath, [join(root, 'scripts/build.js')], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 1)
const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
try {
  const outfile = join(folder, 'crash.mjs')
  await build({
    entryPoints: [join(root, 'test/recovery/crash-main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    external: ['esbuild'],
    // A file finds what lies beside it, though it runs from a bundle.
    plugins: [
      {
        name: 'place',
        setup: ({ onLoad, onResolve }) => {
          onResolve({ filter: /^esbuild$/ }, () => ({ path: import.meta.resolve('esbuild'), external: true }))
          onLoad({ filter: /test[\\/].*\.ts$/ }, ({ path }) => ({
            contents: readFileSync(path, 'utf8')
              .replaceAll('import.meta.dirname', () => JSON.stringify(dirname(path)))
              .replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(path).href)),
            loader: 'ts',
          }))
        },
      },
    ],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  })
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
