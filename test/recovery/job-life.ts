import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../cli/command.js'

/** Lines of a life that are kept as evidence. */
const keptBytes = 20_000

/** What a life is started with. */
export interface LifeOptions {
  /** The job file. */
  readonly job: string
  readonly dataDir: string
  /** Of the broker. */
  readonly url: string
  readonly env?: Readonly<Record<string, string>>
}

/** One process of the job, from its start to its end. */
export class JobLife {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  /** Ms from its start until it had recovered; undefined until then. */
  recoveredMs: number | undefined
  #output = ''
  readonly #began = performance.now()
  #hasRecovered: () => void = () => undefined
  readonly #recovery = new Promise<void>(resolve => {
    this.#hasRecovered = resolve
  })
  readonly #waiting = new Set<() => void>()

  private constructor(args: readonly string[], { url, env: more }: LifeOptions) {
    const env: Record<string, string | undefined> = { ...process.env, NO_COLOR: '1', MILLRACE_AMQP_URL: url, ...more }
    delete env['NODE_OPTIONS']
    delete env['VITEST']
    this.child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-keptBytes)
      this.#wake()
    })
    this.child.on('message', () => this.#recovered())
    process.once('exit', this.#killOnExit)
    this.ended = new Promise(resolve =>
      this.child.once('close', () => {
        process.removeListener('exit', this.#killOnExit)
        this.#wake()
        resolve()
      }),
    )
  }

  readonly #killOnExit = (): void => void this.child.kill('SIGKILL')

  /** `crash-run.ts`, which kills itself at a crash point. */
  static atPoint(script: string, options: LifeOptions, point: string, times: number): JobLife {
    return new JobLife([script, options.job, options.dataDir, point, String(times)], options)
  }

  /** `millrace run`. */
  static command(options: LifeOptions, ...more: readonly string[]): JobLife {
    const main = join(root, 'dist', 'src', 'cli', 'main.js')
    const life = new JobLife([main, 'run', options.job, '--http', '127.0.0.1:0', '--data', options.dataDir, ...more], options)
    void life.#lookUntilReady()
    return life
  }

  /** What it has said last. */
  get output(): string {
    return this.#output
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** The address of its page; undefined when it ended before it had one. */
  async page(): Promise<string | undefined> {
    for (;;) {
      const found = /page\s+(http:\/\/\S+)/.exec(this.#output)?.[1]
      if (found || !this.running) return found?.replace(/\/$/, '')
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
  }

  async #lookUntilReady(): Promise<void> {
    const page = await this.page()
    while (page !== undefined && this.running) {
      const ready = await fetch(`${page}/readyz`).then(
        answer => answer.ok,
        () => false,
      )
      if (ready) return this.#recovered()
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  #recovered(): void {
    this.recoveredMs ??= performance.now() - this.#began
    this.#hasRecovered()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Resolves true when it has ended, false after so many ms. */
  endsWithin(ms: number): Promise<boolean> {
    return within(this.ended, ms)
  }

  /** Resolves true when it has recovered, false after so many ms, or when it ended. */
  async recoveredWithin(ms: number): Promise<boolean> {
    await within(Promise.race([this.ended, this.#recovery]), ms)
    return this.recoveredMs !== undefined
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  /** SIGTERM, and its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM')
    await this.ended
    return this.child.exitCode
  }
}

async function within(what: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const came = await Promise.race([what.then(() => true), late])
  clearTimeout(timer)
  return came
}
