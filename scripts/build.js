// Builds dist/: the modules with their types, then the page. Node only, so that it runs on every system.
import { spawnSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

// Built beside the old one, which stays whole until the new one is: a job that runs from it must not lose its modules.
const next = join(root, 'dist.next')
rmSync(next, { recursive: true, force: true })
run(tsc, '-p', 'tsconfig.build.json', '--outDir', next)
run('scripts/build-page.js', join(next, 'dashboards', 'app'))
// `npx millrace` in this folder starts the file itself; npm sets its mode only when it links it for the first time.
chmodSync(join(next, 'src', 'cli', 'main.js'), 0o755)
rmSync(join(root, 'dist'), { recursive: true, force: true })
renameSync(next, join(root, 'dist'))
