import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { root } from '../cli/command.js'

/** The product's own modules are those of the built command, as they run at a user's. */
const built: Plugin = {
  name: 'built',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const target = relative(root, join(resolveDir, path)).replaceAll('\\', '/')
      if (!/^(src|connectors)\//.test(target)) return undefined
      return { path: pathToFileURL(join(root, 'dist', target)).href, external: true }
    })
  },
}

/** Scripts of this folder, ready for processes of their own. */
export interface ChildScripts {
  readonly sender: string
  readonly run: string
  dispose(): Promise<void>
}

/** Compiles them, in a moment, into a folder for the time of a test. */
export async function childScripts(): Promise<ChildScripts> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-crash-scripts-'))
  await build({
    entryPoints: ['crash-sender', 'crash-run'].map(name => join(root, 'test', 'recovery', `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    plugins: [built],
  })
  return {
    sender: join(folder, 'crash-sender.mjs'),
    run: join(folder, 'crash-run.mjs'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}
