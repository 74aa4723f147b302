import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { noteSaid } from '../raised/note.js'

export const root = join(fileURLToPath(import.meta.url), '..', '..', '..')
/** The built command. */
export const main = join(root, 'dist', 'src', 'cli', 'main.js')

/** In a run of the whole, the command notes the error codes that it raises. */
const noting = `--import=${pathToFileURL(join(root, 'test', 'raised', 'in-commands.js')).href}`

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Command {
  readonly process: ChildProcess
  readonly done: Promise<Finished>
  /** What it has printed so far. */
  stdout(): string
  stderr(): string
  /** Resolves with the first match in stderr, or rejects when the process ends without it. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** A test that fails leaves no process behind. */
const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
// The test runner ends its workers so, which alone would be no exit of theirs.
process.once('SIGTERM', () => process.exit(143))

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** Keep its stdin open, for `process.stdin`. */
  readonly stdin?: 'pipe'
}

/** Starts the built `millrace`, as a user does. */
export const millrace = (args: readonly string[], options: CommandOptions = {}): Command =>
  started([process.execPath, main, ...args], options)

/** Starts any program, without what the test runner says to its own children. */
export function started(line: readonly string[], options: CommandOptions = {}): Command {
  const env: Record<string, string | undefined> = { ...process.env, NO_COLOR: '1', ...options.env }
  delete env['NODE_OPTIONS']
  if (env['MILLRACE_RAISED'] !== undefined) env['NODE_OPTIONS'] = noting
  delete env['VITEST']
  if (!options.env?.['MILLRACE_AMQP_URL']) delete env['MILLRACE_AMQP_URL']
  const [file = '', ...args] = line
  const child = spawn(file, args, { cwd: options.cwd ?? root, env, stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'] })
  children.add(child)
  let stdout = ''
  let stderr = ''
  let over = false
  const listeners = new Set<() => void>()
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const listener of listeners) listener()
  })
  const done = new Promise<Finished>(resolve => {
    // Behind its exit: what it said last may still be on its way.
    child.on('close', code => {
      over = true
      children.delete(child)
      noteSaid(stderr)
      noteSaid(stdout)
      resolve({ code, stdout, stderr })
      for (const listener of listeners) listener()
    })
  })
  return {
    process: child,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    said: pattern =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stderr)
          if (match) {
            listeners.delete(look)
            resolve(match)
          } else if (over) {
            listeners.delete(look)
            reject(new Error(`${line.join(' ')} ended with ${child.exitCode ?? child.signalCode} and never said ${pattern}:\n${stderr}`))
          }
        }
        listeners.add(look)
        look()
      }),
  }
}

/** Runs the built `millrace` to its end. */
export const finished = (args: readonly string[], options: CommandOptions = {}): Promise<Finished> => millrace(args, options).done

/** Without what a machine under load says of itself by right: that its own node has been slow to answer. */
export const withoutSlowness = (stderr: string): string =>
  stderr.replace(/^warning amqp:\S+ (took the connection and says nothing|has not answered the login).*\n/gm, '')
