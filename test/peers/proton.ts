import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { protonAvailable } from './available.js'

/** One line of `proton-client.py`. */
export interface ProtonEvent {
  readonly event: string
  readonly [key: string]: unknown
}

/** A Proton (Python) connection in a process of its own. */
export class ProtonPeer {
  readonly events: ProtonEvent[] = []
  private readonly child: ChildProcess
  private readonly exited: Promise<void>
  private readonly waiting = new Set<() => void>()
  private errors = ''

  constructor(url: string, containerId?: string) {
    const python = protonAvailable()
    if (!python.present) throw new Error(python.reason)
    const script = join(import.meta.dirname, 'proton-client.py')
    this.child = spawn(python.path, [script, url, ...(containerId === undefined ? [] : [containerId])], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.exited = new Promise(resolve => this.child.once('exit', () => resolve()))
    this.child.stdin!.on('error', () => {})
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    createInterface({ input: this.child.stdout! }).on('line', line => {
      this.events.push(JSON.parse(line) as ProtonEvent)
      for (const wake of [...this.waiting]) wake()
    })
  }

  do(command: string, fields: object = {}): void {
    this.child.stdin!.write(`${JSON.stringify({ do: command, ...fields })}\n`)
  }

  /** The events of a kind so far. */
  of(event: string): ProtonEvent[] {
    return this.events.filter(one => one.event === event)
  }

  /** Waits until `count` events of a kind (that `test` takes) have come, and gives them; fails after ten seconds. */
  async until(event: string, count = 1, test: (one: ProtonEvent) => boolean = () => true): Promise<ProtonEvent[]> {
    const found = (): ProtonEvent[] => this.of(event).filter(test)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look)
        reject(new Error(`waited for ${count} × ${event}; came: ${JSON.stringify(this.events.slice(-20))} ${this.errors}`))
      }, 10_000)
      const look = (): void => {
        if (found().length < count) return
        clearTimeout(timer)
        this.waiting.delete(look)
        resolve()
      }
      this.waiting.add(look)
      look()
    })
    return found()
  }

  /** Closes the connection in good order. */
  async stop(): Promise<void> {
    this.child.stdin!.end()
    await this.exited
  }

  /** Ends the process at once: the socket is cut. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exited
  }
}
