import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Availability } from '../peers/available.js'

/** Makes a network of its own whose only interface is loopback, and holds it until its input ends. */
const hold = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && echo up && exec cat'] as const

/** Whether this kernel lets an ordinary user cut a process off from the network. */
export const loopbackAvailable = (): Availability =>
  spawnSync(hold[0], hold.slice(1), { input: '' }).status === 0
    ? { present: true, path: hold[0] }
    : { present: false, reason: 'this system gives a process no network namespace of its own (unshare, ip)' }

/** A network without a way out: what runs in it reaches itself and nothing else, not even this machine's resolver. */
export class LoopbackNetwork {
  readonly #holder: ChildProcess

  private constructor(holder: ChildProcess) {
    this.#holder = holder
  }

  static async start(): Promise<LoopbackNetwork> {
    const holder = spawn(hold[0], hold.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    return new LoopbackNetwork(holder)
  }

  /** The command line that runs a program in it. */
  inside(line: readonly string[]): readonly string[] {
    return ['nsenter', '-t', String(this.#holder.pid), '-U', '-n', '--preserve-credentials', ...line]
  }

  async close(): Promise<void> {
    const closed = once(this.#holder, 'close')
    this.#holder.stdin?.end()
    await closed
  }
}
