import type { DemoAction } from '../model/demo-status.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { WorkerReady, WorkerStart } from './demo-messages.js'
import { DemoProcess } from './demo-process.js'

/** What the lives of a demo's job are told of the demo, and tell it. */
export interface LivesOptions {
  readonly jobFile: string
  /** What a process begins with, as the demo is now. */
  readonly start: () => WorkerStart
  /** The page asks for something. */
  readonly asked: (call: number, action: DemoAction) => void
  /** The present process is ready, or about to be killed. */
  readonly changed: () => void
}

/** The processes of a demo's job, one after the other: one that is killed is followed by the next. */
export class DemoLives {
  readonly #options: LivesOptions
  #process: DemoProcess
  #ready: WorkerReady | undefined
  #recovered: ((process: DemoProcess) => void)[] = []
  #killed = false
  #ending = false
  #settle: (error: MillraceError | undefined) => void = () => undefined
  /** Resolves when the job has ended for good: with the error where it was one. */
  readonly done = new Promise<MillraceError | undefined>(resolve => {
    this.#settle = resolve
  })
  /** Hears of a process that somebody else has killed, once the next one is ready. */
  killedByOthers: (next: DemoProcess) => void = () => undefined

  /** Begins to load the job at once. */
  constructor(options: LivesOptions) {
    this.#options = options
    this.#process = this.#fork()
  }

  get process(): DemoProcess {
    return this.#process
  }

  /** The job answers, and will for the moment. */
  get up(): boolean {
    return this.#ready !== undefined && !this.#killed
  }

  /** A kill was announced, and the next process is not ready. */
  get killed(): boolean {
    return this.#killed
  }

  get ending(): boolean {
    return this.#ending
  }

  /** @throws what the job's process met. */
  async start(): Promise<WorkerReady> {
    const ready = await this.#begin(this.#options.start())
    this.#watch()
    return ready
  }

  /** Has it told that the process is about to be killed, and waits until that has gone out. */
  async announceKill(): Promise<void> {
    this.#killed = true
    this.#options.changed()
    await this.#process.lastWord()
  }

  /** Kills the process and resolves when the next one is ready. */
  kill(): Promise<DemoProcess> {
    // One that ends in order is left to that.
    if (!this.#ending) this.#process.kill()
    return new Promise(resolve => this.#recovered.push(resolve))
  }

  /** Ends the job in order; gives the error that it ended with. */
  async stop(): Promise<MillraceError | undefined> {
    this.#ending = true
    this.#process.send({ type: 'stop' })
    const { error } = await this.#process.ended
    this.#settle(error)
    return error
  }

  /** Ends the process where it still runs. */
  discard(): void {
    this.#ending = true
    this.#process.kill()
  }

  #fork(): DemoProcess {
    return new DemoProcess(this.#options.jobFile, this.#options.asked)
  }

  async #begin(start: WorkerStart): Promise<WorkerReady> {
    this.#process.send({ type: 'start', start })
    this.#ready = await this.#process.ready
    return this.#ready
  }

  #watch(): void {
    void this.#process.ended.then(async ({ killed, error }) => {
      if (this.#ending) return
      if (!killed) return this.#settle(error)
      const { port, sharedAt } = this.#ready ?? { port: null, sharedAt: null }
      this.#ready = undefined
      this.#process = this.#fork()
      const start = this.#options.start()
      try {
        // Where the page was it must be again.
        const http = start.http && { ...start.http, port: port ?? 0, named: true }
        await this.#begin({ ...start, http, share: start.share && { ...start.share, ...(sharedAt && { port: sharedAt.port }) } })
      } catch (failure) {
        return this.#settle(failure instanceof MillraceError ? failure : undefined)
      }
      this.#watch()
      this.#killed = false
      this.#options.changed()
      const awaited = this.#recovered.splice(0)
      for (const recovered of awaited.length > 0 ? awaited : [this.killedByOthers]) recovered(this.#process)
    })
  }
}
