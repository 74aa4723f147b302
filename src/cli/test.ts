import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pc from 'picocolors'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { bundleTests, type TestBundling, testModules, watchTests } from '../runtime/load/bundle-tests.js'
import { ownModules } from '../runtime/load/own-modules.js'
import { errorText } from './print-error.js'
import { onShutdown } from './shutdown.js'
import { testFiles } from './test-files.js'

export interface TestOptions {
  readonly watch?: boolean
  readonly filter?: string
  readonly update?: boolean
  /** How long a test, and a file of tests, may take. */
  readonly timeout: string
}

const reporter = fileURLToPath(new URL('./test-reporter.js', import.meta.url))

/**
 * `millrace test [FILES…]`: bundles test files and runs them with Node's own test runner, each in a process of its own.
 * Gives the exit code: 0 when all passed, 1 when one failed or none ran.
 *
 * @throws MR640 no test files (the reporter says it of no tests), MR402, MR405 and MR642 what keeps them from running.
 */
export async function test(paths: readonly string[], options: TestOptions): Promise<number> {
  checkFilter(options.filter)
  durationMs(options.timeout as Duration, '--timeout')
  const files = await testFiles(paths)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  const bundling: TestBundling = { files, folder, resolveMillrace: ownModules }
  try {
    if (options.watch) return await watch(bundling, options)
    await bundleTests(bundling)
    const child = start(bundling, options)
    const unlisten = onShutdown(() => void child.kill('SIGTERM'))
    const code = await ended(child)
    unlisten()
    return code
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs again after each change, until a signal. */
async function watch(bundling: TestBundling, options: TestOptions): Promise<number> {
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  const stop = await watchTests(bundling, error => {
    child?.kill('SIGTERM')
    last = last.then(async () => {
      if (error) return void process.stderr.write(`${errorText(error)}\n`)
      process.stderr.write(pc.dim('\nmillrace test: running; Ctrl-C ends\n'))
      child = start(bundling, options)
      await ended(child)
      child = undefined
    })
  })
  await new Promise<void>(resolve => onShutdown(resolve))
  await stop()
  child?.kill('SIGTERM')
  await last
  return 0
}

function start(bundling: TestBundling, { filter, update, timeout }: TestOptions): ChildProcess {
  const modules = testModules(bundling)
  const args = ['--enable-source-maps', '--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout']
  args.push(`--test-timeout=${durationMs(timeout as Duration)}`)
  // From this release on a timer that a test has left running keeps its process alive beyond the time limit.
  if (Number(process.versions.node.split('.')[0]) >= 22) args.push('--test-force-exit')
  if (filter !== undefined) args.push(`--test-name-pattern=${filter}`)
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(filter !== undefined && { MILLRACE_TEST_FILTER: filter }),
    MILLRACE_TEST_FILES: JSON.stringify(Object.fromEntries(modules.map((module, i) => [module, bundling.files[i]!]))),
  }
  // Node leaves out tests that are run by a test; this run is one of its own.
  delete env['NODE_TEST_CONTEXT']
  if (update) env['MILLRACE_UPDATE'] = '1'
  return spawn(process.execPath, [...args, ...modules], { stdio: 'inherit', env })
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code ?? 1))
  })

function checkFilter(filter: string | undefined): void {
  try {
    new RegExp(filter ?? '')
  } catch (cause) {
    throw new MillraceError('MR601', `--filter ${filter}: not a regular expression`, { cause, hint: 'write \\ before ( ) [ ] + * ?' })
  }
}
