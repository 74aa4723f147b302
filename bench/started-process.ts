import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A program that runs beside a benchmark. */
export interface StartedProcess {
  readonly child: ChildProcess
  /** What the pattern found. */
  readonly found: string
  /** The lines of its stderr so far. */
  readonly lines: readonly string[]
  end(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a program of Node's, and waits until a line of its stderr matches; the first group is what was looked for. */
export async function startedProcess(
  args: readonly string[],
  pattern: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const gone = once(child, 'exit')
  const lines: string[] = []
  const found = await new Promise<string>((resolve, fail) => {
    child.once('exit', code => fail(new Error(`${args.join(' ')} ended with ${code}`)))
    createInterface({ input: child.stderr! }).on('line', line => {
      lines.push(line)
      const match = pattern.exec(line)
      if (match) resolve(match[1]!)
      else if (/MR\d/.test(line)) process.stderr.write(`${line}\n`)
    })
  })
  return {
    child,
    found,
    lines,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await gone
    },
  }
}
