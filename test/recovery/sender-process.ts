import { type ChildProcess, fork } from 'node:child_process'

export type SenderCommand = 'hold' | 'go' | 'stop'

/** What the sender tells of itself, ten times a second and at its end. */
export interface SenderReport {
  readonly state: 'sending' | 'done'
  /** The first message that was never sent. */
  readonly next: number
  /** Where it will end; null before it was told to stop. */
  readonly end: number | null
  /** Dispositions `accepted`. */
  readonly accepted: number
  readonly resent: number
  readonly refused: number
  readonly credit: number
}

export interface SenderOptions {
  readonly url: string
  readonly seed: number
  /** Messages per second. */
  readonly rate: number
  readonly durable: boolean
  /** To an anycast address instead of a queue. */
  readonly direct: boolean
}

/** `crash-sender.ts` in its process. */
export class SenderProcess {
  report: SenderReport = { state: 'sending', next: 0, end: null, accepted: 0, resent: 0, refused: 0, credit: 0 }
  readonly #child: ChildProcess
  readonly #ended: Promise<void>

  constructor(script: string, { url, seed, rate, durable, direct }: SenderOptions) {
    this.#child = fork(script, [url, String(seed), String(rate), durable ? 'durable' : 'transient', direct ? 'anycast' : 'queue'], {
      stdio: 'inherit',
      execArgv: [],
    })
    this.#child.on('message', report => {
      this.report = report as SenderReport
    })
    this.#ended = new Promise(resolve => this.#child.once('exit', () => resolve()))
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  tell(command: SenderCommand): void {
    if (this.#child.connected) this.#child.send(command)
  }

  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL')
    await this.#ended
  }
}
