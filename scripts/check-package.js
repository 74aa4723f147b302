// Checks the package as users would install it: exports, types, files.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'))
const npm = process.env.npm_execpath

const run = args => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = status ?? 1
}

try {
  if (!npm) throw new Error('run me as `npm run package`')
  run([npm, 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder])
  const tarball = join(folder, readdirSync(folder)[0] ?? '')
  run([join(root, 'node_modules/publint/src/cli.js'), 'run', tarball, '--strict'])
  run([join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only'])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
