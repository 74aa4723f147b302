import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ResultRow } from '../demo/compare-results.js'
import type { DemoAction } from '../model/demo-status.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { receivedError } from './demo-error.js'
import type { Counts, FromWorker, ToWorker, WorkerReady } from './demo-messages.js'

const workerFile = fileURLToPath(new URL('./demo-worker.js', import.meta.url))

/** How the job's process ended. */
export interface ProcessEnd {
  /** Somebody killed it: the system took it away without a word. */
  readonly killed: boolean
  readonly error: MillraceError | undefined
}

/** The job's process of a demo, seen from the one that looks after it. */
export class DemoProcess {
  readonly #child: ChildProcess
  readonly #asked: ((rows: readonly ResultRow[]) => void)[] = []
  #said: () => void = () => undefined
  #counts: Counts | undefined
  #error: MillraceError | undefined
  /** Rejects where it ends before it is ready. */
  readonly ready: Promise<WorkerReady>
  readonly ended: Promise<ProcessEnd>

  constructor(jobFile: string, act: (call: number, action: DemoAction) => void) {
    const child = fork(workerFile, [jobFile], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child = child
    this.ended = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        for (const answer of this.#asked.splice(0)) answer([])
        this.#said()
        const crashed = code !== 0 && signal !== 'SIGKILL' && !this.#error
        if (crashed) this.#error = new MillraceError('MR620', `it ended with ${signal ?? `code ${code}`}`)
        resolve({ killed: signal === 'SIGKILL', error: this.#error })
      })
    })
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'ready':
            return resolve(message.ready)
          case 'counts':
            this.#counts = message.counts
            return
          case 'rows':
            return this.#asked.shift()?.(message.rows)
          case 'said':
            return this.#said()
          case 'act':
            return act(message.call, message.action)
          case 'ended':
            this.#counts = message.counts ?? this.#counts
            if (message.error) this.#error = receivedError(message.error)
        }
      })
      void this.ended.then(({ error }) => reject(error ?? new MillraceError('MR620', 'it was killed before it was ready')))
    })
    this.ready.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The job's counts, a tenth of a second old at most. */
  get counts(): Counts | undefined {
    return this.#counts
  }

  send(message: ToWorker): void {
    // A process that was just killed takes nothing any more.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /** The last results of its views; none where it is gone. */
  rows(): Promise<readonly ResultRow[]> {
    if (!this.#child.connected) return Promise.resolve([])
    return new Promise(resolve => {
      this.#asked.push(resolve)
      this.send({ type: 'rows' })
    })
  }

  /** Resolves when its pages have been sent all that it was told, or it is gone. */
  lastWord(): Promise<void> {
    if (!this.#child.connected) return Promise.resolve()
    return new Promise(resolve => {
      this.#said = resolve
      this.send({ type: 'last-word' })
    })
  }

  /** As `kill -9` does it: without a word. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
