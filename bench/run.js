import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

/** `node bench/run.js operators [ARGUMENT…]` bundles `bench/operators.bench.ts` and runs it in a process of its own. */
const [name, ...rest] = process.argv.slice(2)
if (!name) {
  console.error('Which benchmark? For example: node bench/run.js operators')
  process.exit(2)
}
const root = resolve(import.meta.dirname, '..')
const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
const outfile = join(folder, `${name}.mjs`)
try {
  await build({
    entryPoints: [join(root, 'bench', `${name}.bench.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    // A file finds what lies beside it, though it runs from a bundle.
    plugins: [
      {
        name: 'dirname',
        setup: ({ onLoad }) =>
          onLoad({ filter: /(bench|test)[\\/].*\.ts$/ }, async ({ path }) => ({
            contents: (await readFile(path, 'utf8')).replaceAll('import.meta.dirname', () => JSON.stringify(dirname(path))),
            loader: 'ts',
          })),
      },
    ],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  })
  const child = spawn(process.execPath, ['--enable-source-maps', ...(process.env.BENCH_NODE?.split(' ') ?? []), outfile, ...rest], {
    stdio: 'inherit',
  })
  process.exitCode = await new Promise((done, fail) => child.on('error', fail).on('exit', code => done(code ?? 1)))
} finally {
  await rm(folder, { recursive: true, force: true })
}
