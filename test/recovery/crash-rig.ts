import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../cli/command.js'
import { until } from '../support/until.js'
import { type ChildScripts, childScripts } from './child-script.js'
import { type CrashBroker, type CrashPeer, queued, sendOne, startCrashBroker } from './crash-broker.js'
import { CrashStream, devices, firstAt, perWindow, windowMs } from './crash-stream.js'
import { Findings, judgeDeadLetters, judgeRows } from './crash-verdict.js'
import type { JobLife, LifeOptions } from './job-life.js'
import { ResultQueue } from './result-queue.js'
import { SenderProcess } from './sender-process.js'

export interface RigOptions {
  readonly seed: number
  readonly peer: CrashPeer
  /** Messages per second that the sender aims at. */
  readonly rate: number
  /** Messages survive the broker's own crash; default false. */
  readonly durable?: boolean
  /** After so many ms without a word Artemis gives a client up. */
  readonly brokerIdleMs?: number
  /** The way to the job is a direct link (an anycast address of the node), which stores nothing; default a queue. */
  readonly direct?: boolean
  /** The job's data folder; by default one in a temporary folder. */
  readonly dataDir?: string
}

/** How a run ended. */
export interface Verdict {
  /** What is wrong; empty when all is well. */
  readonly findings: readonly string[]
  readonly messages: number
  readonly badMessages: number
  readonly windows: number
  /** Messages per second that the broker accepted, from the first to the last, pauses included. */
  readonly rate: number
}

/** Messages that may wait before the sender is held, so that no broker runs out of memory. */
const mostBehind = 600_000
/** The end must show some progress within this time. */
const stuckMs = 60_000

/** A broker, a sender and a reader of the results, all of which outlive the job; and the judgement of what came out. */
export class CrashRig {
  readonly broker: CrashBroker
  readonly scripts: ChildScripts
  readonly results: ResultQueue
  readonly sender: SenderProcess
  readonly dataDir: string
  readonly findings = new Findings()
  readonly #options: RigOptions
  readonly #stream: CrashStream
  readonly #closers: (() => Promise<void>)[]
  readonly #guard: NodeJS.Timeout
  readonly #home: string
  #began = performance.now()
  #held = false
  #keep = false

  private constructor(
    options: RigOptions,
    parts: Pick<CrashRig, 'broker' | 'scripts' | 'results' | 'sender' | 'dataDir'>,
    closers: (() => Promise<void>)[],
    home: string,
  ) {
    this.#home = home
    this.#options = options
    this.#stream = new CrashStream(options.seed)
    this.broker = parts.broker
    this.scripts = parts.scripts
    this.results = parts.results
    this.sender = parts.sender
    this.dataDir = parts.dataDir
    this.#closers = closers
    this.#guard = setInterval(() => this.#holdWhileBehind(), 100)
  }

  /** Starts everything but the job, and waits until the first messages are at the broker. */
  static async open(options: RigOptions): Promise<CrashRig> {
    const closers: (() => Promise<void>)[] = []
    const home = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
    const opened = <T>(thing: T, close: (thing: T) => Promise<void>): T => {
      closers.push(() => close(thing))
      return thing
    }
    try {
      const scripts = opened(await childScripts(), it => it.dispose())
      const broker = opened(await startCrashBroker(options.peer, options.brokerIdleMs), it => it.stop())
      const results = opened(new ResultQueue(broker.url, 'results'), it => it.close())
      await until('the result queue', () => results.attached)
      const { seed, rate, durable = false, direct = false } = options
      const sender = opened(new SenderProcess(scripts.sender, { url: broker.url, seed, rate, durable, direct }), it => it.kill())
      // Over a direct link none is taken before the job is there.
      if (!direct) await until('the first messages', () => sender.report.accepted > 0)
      return new CrashRig(options, { broker, scripts, results, sender, dataDir: options.dataDir ?? join(home, 'data') }, closers, home)
    } catch (error) {
      for (const close of closers.reverse()) await close()
      await rm(home, { recursive: true })
      throw error
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#guard)
    for (const close of this.#closers.splice(0).reverse()) await close()
    if (!this.#keep) await rm(this.#home, { recursive: true, force: true })
  }

  /** Leaves the data folder where it is, as evidence; gives its path. */
  keepData(): string {
    this.#keep = true
    return this.dataDir
  }

  /** What a life of the job is started with. */
  life(more: Partial<LifeOptions> = {}): LifeOptions {
    const { direct } = this.#options
    return {
      job: join(root, 'test', 'recovery', 'crash.job.ts'),
      dataDir: this.dataDir,
      url: this.broker.url,
      ...(direct && { env: { CRASH_DIRECT: 'yes' } }),
      ...more,
    }
  }

  /** Waits until `rows` more rows have come than at this moment. */
  async moreRows(rows: number): Promise<void> {
    const before = this.results.rows.length
    await until(`${rows} more rows`, () => this.results.rows.length >= before + rows, stuckMs)
  }

  /** Waits until the broker has accepted so many more messages than at this moment. */
  async moreMessages(messages: number): Promise<void> {
    const before = this.sender.report.accepted
    await until(`${messages} more messages`, () => this.sender.report.accepted >= before + messages, stuckMs)
  }

  /** Ends the load in good order with a life that runs, ends that, and judges everything. */
  async finish(life: JobLife): Promise<Verdict> {
    clearInterval(this.#guard)
    const { sender, results, findings } = this
    sender.tell('go')
    sender.tell('stop')
    await this.#progress('everything accepted', () => sender.report.state === 'done')
    const seconds = (performance.now() - this.#began) / 1000
    const end = sender.report.end!
    const windows = (end / perWindow) * devices
    await this.#progress(`the ${windows} rows of the end`, () => results.rows.length >= windows)
    const code = await life.stop()
    if (code !== 0) findings.add('the last stop', `exit code ${code}\n${life.output}`)
    const badMessages = await this.#judge(end)
    const messages = sender.report.accepted
    return { findings: findings.all(), messages, badMessages, windows, rate: messages / seconds }
  }

  /** As long as rows come or messages are accepted, there is hope. */
  async #progress(what: string, done: () => boolean): Promise<void> {
    let seen = -1
    const state = (): number => this.results.rows.length + this.sender.report.accepted
    while (!done() && state() !== seen) {
      seen = state()
      await until(what, () => done() || state() !== seen, stuckMs).catch((error: Error) => this.findings.add('the end', error.message))
    }
  }

  async #judge(end: number): Promise<number> {
    const { broker, results, findings, sender } = this
    const { peer, direct = false } = this.#options
    // Behind everything that was ever written to the queue, so that whatever came twice is seen.
    await sendOne(broker.url, 'results', 'behind', '{"device":"closing"}')
    await until('the end of the results', () => results.rows.at(-1)?.device === 'closing').catch((error: Error) =>
      findings.add('the end of the results', error.message),
    )
    for (const id of results.repeated) findings.add('a result id twice', id)
    judgeRows(this.#stream, end, results.rows, findings)
    const badMessages = await judgeDeadLetters(this.#stream, end, this.dataDir, findings)
    if (sender.report.state !== 'done') findings.add('the sender', sender.running ? 'was not done' : 'ended by itself')
    if (sender.report.refused > 0) findings.add('the broker refused', `${sender.report.refused} messages`)
    const addresses = peer === 'artemis' ? ['DLQ', 'ExpiryQueue', 'readings'] : direct ? [] : ['readings']
    for (const address of addresses)
      await queued(broker.url, address).then(
        ids => {
          for (const id of ids) findings.add(`left in '${address}'`, `message ${id}`)
        },
        (error: Error) => findings.add(`the end of '${address}'`, error.message),
      )
    return badMessages
  }

  /** The sender waits while the job is far behind. */
  #holdWhileBehind(): void {
    const last = this.results.rows.at(-1)
    const counted = last ? ((last.start - firstAt) / windowMs) * perWindow : 0
    const behind = this.sender.report.next - counted > mostBehind
    if (behind === this.#held) return
    this.#held = behind
    this.sender.tell(behind ? 'hold' : 'go')
  }
}
