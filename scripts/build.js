// Builds dist/: the modules with their types, then the page. Node only, so that it runs on every system.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

for (const part of ['src', 'connectors', 'dashboards']) rmSync(join(root, 'dist', part), { recursive: true, force: true })
run(tsc, '-p', 'tsconfig.build.json')
if (existsSync(join(root, 'scripts/build-page.js'))) run('scripts/build-page.js')
