import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from './package-root.js'

export type TypeCheck =
  | { readonly checked: false; readonly reason: string }
  | { readonly checked: true; readonly ok: boolean; readonly output: string }

/**
 * Checks the types of a job file with the TypeScript that its own folder resolves, against the types of the running
 * Millrace. Without TypeScript there, nothing is checked, and the result says so.
 */
export async function typeCheck(job: string): Promise<TypeCheck> {
  const file = resolve(job)
  if (!/\.[cm]?ts$/.test(file)) return { checked: false, reason: 'the job is JavaScript' }
  let tsc: string
  try {
    tsc = join(dirname(createRequire(pathToFileURL(file)).resolve('typescript/package.json')), 'bin', 'tsc')
  } catch {
    return { checked: false, reason: `typescript does not resolve from ${dirname(job)}; npm install --save-dev typescript` }
  }
  const folder = await mkdtemp(join(tmpdir(), 'millrace-types-'))
  try {
    const dist = join(packageRoot, 'dist')
    const config = {
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023'],
        module: 'nodenext',
        moduleResolution: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
        noEmit: true,
        types: [],
        paths: {
          millrace: [join(dist, 'src/index.d.ts')],
          'millrace/amqp': [join(dist, 'connectors/amqp/index.d.ts')],
          'millrace/testing': [join(dist, 'src/testing/index.d.ts')],
        },
      },
      files: [file],
    }
    const project = join(folder, 'tsconfig.json')
    await writeFile(project, JSON.stringify(config))
    return await new Promise<TypeCheck>((done, fail) => {
      const child = spawn(process.execPath, [tsc, '-p', project, '--pretty', String(process.stderr.isTTY === true)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      child.stdout.on('data', (text: Buffer) => (output += text.toString()))
      child.stderr.on('data', (text: Buffer) => (output += text.toString()))
      child.on('error', fail)
      child.on('close', code => done({ checked: true, ok: code === 0, output: output.trim() }))
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
