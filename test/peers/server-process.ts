import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { portAnswers } from './free-port.js'

// The test runner ends its workers so, which alone would be no exit of theirs.
process.once('SIGTERM', () => process.exit(143))

/** A server of a test in a process group of its own, which dies with the test. */
export class ServerProcess {
  private readonly child: ChildProcess
  private readonly exited: Promise<void>
  private output = ''
  private over = false
  private readonly killOnExit = (): void => this.signal('SIGKILL')

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    this.child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-20_000)
      })
    }
    this.exited = new Promise(resolve => {
      this.child.once('error', error => {
        this.output += error.message
        this.over = true
        resolve()
      })
      this.child.once('exit', () => {
        this.over = true
        resolve()
      })
    })
    process.once('exit', this.killOnExit)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<void> {
    return this.exited
  }

  /** What it printed last. */
  get log(): string {
    return this.output
  }

  ready(port: number, withinMs: number): Promise<void> {
    return portAnswers(port, withinMs, () => (this.over ? `the server ended: ${this.output}` : undefined))
  }

  signal(name: NodeJS.Signals): void {
    if (this.over || this.child.pid === undefined) return
    try {
      process.kill(-this.child.pid, name)
    } catch {
      // It ended between the look and the signal.
    }
  }

  /** TERM, and KILL when that is not heard within five seconds. */
  async stop(): Promise<void> {
    process.removeListener('exit', this.killOnExit)
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), 5000)
    await this.exited
    clearTimeout(timer)
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    process.removeListener('exit', this.killOnExit)
    this.signal('SIGKILL')
    await this.exited
  }
}
