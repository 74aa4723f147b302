import type { DataClock } from '../demo/data-clock.js'
import { DeedQueue } from '../demo/deed-queue.js'
import { possibleActions } from '../demo/demo-actions.js'
import type { DemoScript } from '../demo/demo-script.js'
import type { DeviceLink } from '../demo/device-link.js'
import { Happenings } from '../demo/happenings.js'
import type { DemoAction, DemoStatus } from '../model/demo-status.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemTime } from '../runtime/seams/system-time.js'
import type { DemoBroker } from './demo-broker.js'
import { sentError } from './demo-error.js'
import { DemoLives } from './demo-lives.js'
import type { Counts, SentReading, WorkerReady, WorkerStart } from './demo-messages.js'
import type { DemoProcess } from './demo-process.js'

export interface SupervisorOptions {
  readonly jobFile: string
  readonly script: DemoScript
  readonly clock: DataClock
  readonly start: Omit<WorkerStart, 'clock' | 'status' | 'nodeUrl'>
  /** Told each happening, and what more is known of one later. */
  readonly told: (title: string, sentence: string, more: boolean) => void
}

/**
 * Data ms by which the job's clock may be ahead of what the devices have sent: a hiccup here must not look like silence.
 */
const leewayMs = 4_000

/**
 * Looks after a demo: the job's process, the broker, the clock, and what is done to them. The job's process hears of every
 * change, for its page.
 */
export class DemoSupervisor {
  readonly options: SupervisorOptions
  readonly #lives: DemoLives
  readonly #happenings = new Happenings()
  readonly #queue = new DeedQueue()
  #broker: DemoBroker | undefined
  #link: DeviceLink | undefined
  /** The data clock at the beat before: devices that were due by then have had their turn, even if this process was held up. */
  #dueSent: number | undefined
  #deed: (action: DemoAction) => Promise<void> = () => Promise.resolve()

  /** Begins to load the job at once. */
  constructor(options: SupervisorOptions) {
    this.options = options
    this.#lives = new DemoLives({
      jobFile: options.jobFile,
      start: () => ({ ...options.start, nodeUrl: this.#broker?.url, clock: this.#reading(), status: this.status() }),
      asked: (call, action) => void this.#asked(call, action),
      changed: () => this.changed(),
    })
  }

  get process(): DemoProcess {
    return this.#lives.process
  }

  get broker(): DemoBroker | undefined {
    return this.#broker
  }

  /** The devices' connection. */
  get link(): DeviceLink {
    if (!this.#link) throw new Error('the devices are not connected yet')
    return this.#link
  }

  get counts(): Counts | undefined {
    return this.process.counts
  }

  get ending(): boolean {
    return this.#lives.ending
  }

  /** Resolves when the job has ended for good: with the error where it was one. */
  get done(): Promise<MillraceError | undefined> {
    return this.#lives.done
  }

  /** Starts the job; without a broker of its own where the environment names one. @throws what the job's process met. */
  start(broker: DemoBroker | undefined): Promise<WorkerReady> {
    this.#broker = broker
    return this.#lives.start()
  }

  /**
   * From now on things can be done to the demo. `killedByOthers` hears of a job's process that somebody else has killed,
   * once the next one is ready.
   */
  offer(link: DeviceLink, deed: (action: DemoAction) => Promise<void>, killedByOthers: (next: DemoProcess) => void): void {
    this.#link = link
    this.#deed = deed
    this.#lives.killedByOthers = killedByOthers
    this.changed()
    this.#keepBeating()
  }

  status(): DemoStatus {
    const { script, clock } = this.options
    const paused = !clock.running
    const unplugged = this.#broker !== undefined && !this.#broker.plugged
    const { up, killed } = this.#lives
    const state = { paused, unplugged, up, eventTime: script.late !== undefined, ownBroker: this.#broker !== undefined }
    const actions = this.#link && !this.ending ? possibleActions(state) : []
    return { actions, paused, unplugged, killed, happenings: this.#happenings.list }
  }

  /** Does it when what was asked for before is done. @throws MR547 for what cannot be done, or while too much waits. */
  async act(action: DemoAction): Promise<void> {
    if (this.#queue.full) throw new MillraceError('MR547', 'more was asked for than can be done at once', { hint: 'wait a moment' })
    await this.#queue.run(async () => {
      const possible = this.status().actions.map(one => one.action)
      const hint = `what can be done: ${possible.join(', ') || 'nothing for a moment'}`
      if (!possible.includes(action)) throw new MillraceError('MR547', `'${action}' cannot be done now`, { hint })
      await this.#deed(action)
    })
  }

  /** Tells the terminal and the page what happened; gives its id. */
  tell(kind: DemoAction, title: string, sentence: string): number {
    const id = this.#happenings.add(kind, this.options.clock.wall(), title, sentence)
    this.options.told(title, sentence, false)
    this.changed()
    return id
  }

  /** Says more of what happened. */
  tellMore(id: number, title: string, sentence: string): void {
    this.#happenings.extend(id, sentence)
    this.options.told(title, sentence, true)
    this.changed()
  }

  /** Tells the job's process of the demo's state. */
  changed(): void {
    this.process.send({ type: 'status', status: this.status() })
  }

  turnClock(running: boolean): void {
    const { clock } = this.options
    if (running) clock.resume()
    else clock.pause()
    this.beat()
    this.changed()
  }

  /** Tells every page that the job's process is about to be killed on purpose: afterwards it can tell nobody. */
  announceKill(): Promise<void> {
    return this.#lives.announceKill()
  }

  /** Kills the job's process and resolves when the next one is ready. */
  kill(): Promise<DemoProcess> {
    return this.#lives.kill()
  }

  /** Ends the job in order; gives the error that it ended with. */
  stop(): Promise<MillraceError | undefined> {
    return this.#lives.stop()
  }

  /** Ends the job's process where it still runs. */
  discard(): void {
    this.#lives.discard()
  }

  /** Tells the job's clock how far it may go: a little beyond what the devices have sent and the broker has taken. */
  beat(): void {
    this.process.send({ type: 'clock', clock: this.#reading() })
  }

  #reading(): SentReading {
    const reading = this.options.clock.reading()
    const sentThrough = Math.min(this.#link?.pendingSince ?? reading.at, this.#dueSent ?? reading.at)
    return { reading, sentAt: systemTime.wall(), horizon: this.#broker?.away ? null : sentThrough + leewayMs }
  }

  #keepBeating(): void {
    if (this.ending) return
    const { at } = this.options.clock.reading()
    this.beat()
    this.#dueSent = at
    systemTime.after(Math.min(Math.max(leewayMs / 2 / this.options.clock.reading().speed, 5), 50), () => this.#keepBeating())
  }

  /** A request of the page. The process that is to be killed answers first. */
  async #asked(call: number, action: DemoAction): Promise<void> {
    const { process } = this
    const answer = (error?: unknown): void =>
      process.send({ type: 'acted', call, ...(error !== undefined && { error: sentError(error, 'demo') }) })
    if (action === 'kill') answer()
    await this.act(action).then(
      () => answer(),
      (error: unknown) => answer(error),
    )
  }
}
