import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MillraceError } from '../model/errors/millrace-error.js'
import { packageRoot } from './package-root.js'
import { millraceErrorText } from './print-error.js'
import { typeErrors } from './type-errors.js'

export type TypeCheck =
  | { readonly checked: false; readonly reason: string }
  | {
      readonly checked: true
      readonly ok: boolean
      /** Each with its place. */
      readonly errors: readonly MillraceError[]
      /** The errors as the terminal shows them. */
      readonly output: string
    }

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
    const project = join(folder, 'tsconfig.json')
    const node = nodeTypes(file)
    await writeFile(project, JSON.stringify(configOf(file, node)))
    const { code, output } = await outputOf([tsc, '-p', project, '--pretty', 'false'], dirname(file))
    if (code === 0) return { checked: true, ok: true, errors: [], output: '' }
    if (!existsSync(file)) return { checked: false, reason: `${job} is gone` }
    const found = typeErrors(output, dirname(file))
    const errors = node === undefined ? found.filter(({ message }) => !wantsNodeTypes.test(message)) : found
    if (found.length > errors.length && errors.length === 0) return { checked: true, ok: true, errors: [], output: '' }
    // What is no error of the job's own: TypeScript itself did not get to work.
    if (errors.length === 0) errors.push(new MillraceError('MR609', output.trim() || `TypeScript ended with ${code}`))
    return { checked: true, ok: false, errors, output: errors.map(error => millraceErrorText(error)).join('\n\n') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What TypeScript says where it lacks the types of Node, such as of `console`: no fault of the job's. */
const wantsNodeTypes = /^TS(?:2580|2584|2591) /

/** The folder that the types of Node lie in, for the job's own folder or for this installation; undefined where neither has them. */
function nodeTypes(file: string): string | undefined {
  for (const from of [file, join(packageRoot, 'package.json')]) {
    try {
      return dirname(dirname(createRequire(pathToFileURL(from)).resolve('@types/node/package.json')))
    } catch {
      // The next one.
    }
  }
  return undefined
}

function configOf(file: string, node: string | undefined): object {
  const dist = join(packageRoot, 'dist')
  return {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      ...(node === undefined ? { types: [] } : { types: ['node'], typeRoots: [node] }),
      paths: {
        millrace: [join(dist, 'src/index.d.ts')],
        'millrace/testing': [join(dist, 'src/testing/index.d.ts')],
        'millrace/*': [join(dist, 'connectors/*/index.d.ts')],
      },
    },
    files: [file],
  }
}

/** Of a Node process in a folder: how it ended, and all that it said. */
function outputOf(args: readonly string[], cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    child.stderr.on('data', (text: Buffer) => (output += text.toString()))
    child.on('error', fail)
    child.on('close', code => done({ code, output }))
  })
}
