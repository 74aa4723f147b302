import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../cli/command.js'
import { until } from '../support/until.js'
import { type ChildScripts, childScripts } from './child-script.js'
import { type CrashBroker, type CrashPeer, queued, sendOne, startCrashBroker } from './crash-broker.js'
import { CrashStream, devices, firstAt, perWindow, windowMs } from './crash-stream.js'
import { Findings, judgeDeadLetters, judgeRows } from './crash-verdict.js'
import { JobLife } from './job-life.js'
import { type Kill, KillPlan } from './kill-plan.js'
import { ResultQueue } from './result-queue.js'
import { SenderProcess } from './sender-process.js'

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  readonly peer: CrashPeer
  /** Messages per second that the sender aims at. */
  readonly rate: number
  readonly say: (line: string) => void
}

export interface CrashReport {
  /** What is wrong; empty when all is well. */
  readonly findings: readonly string[]
  readonly kills: { readonly atPoints: number; readonly outside: number; readonly unhit: readonly string[] }
  readonly messages: number
  readonly badMessages: number
  readonly windows: number
  /** Messages per second that the broker accepted, from the first to the last, pauses included. */
  readonly rate: number
  /** Ms from the start of a process to its recovery, in order of size. */
  readonly recoveries: readonly number[]
  /** What the last life said. */
  readonly evidence: string
}

/** A crash point must come within this time after the recovery, or the life is killed from outside. */
const pointWithinMs = 10_000
/** Messages that may wait before the sender is held, so that no broker runs out of memory. */
const mostBehind = 600_000
const finalWithinMs = 120_000

/** Kills a job under load, again and again, as a seed says, and judges what came out. */
export class CrashTest {
  readonly #options: CrashOptions
  readonly #stream: CrashStream
  readonly #plan: KillPlan
  readonly #findings = new Findings()
  readonly #recoveries: number[] = []
  readonly #kills = { atPoints: 0, outside: 0 }
  #evidence = ''
  #held = false

  constructor(options: CrashOptions) {
    this.#options = options
    this.#stream = new CrashStream(options.seed)
    this.#plan = new KillPlan(options.seed)
  }

  async run(): Promise<CrashReport> {
    const closers: (() => Promise<void>)[] = []
    const opened = <T>(thing: T, close: (thing: T) => Promise<void>): T => {
      closers.push(() => close(thing))
      return thing
    }
    try {
      const scripts = opened(await childScripts(), it => it.dispose())
      const broker = opened(await startCrashBroker(this.#options.peer), it => it.stop())
      const home = opened(await mkdtemp(join(tmpdir(), 'millrace-crash-')), it => rm(it, { recursive: true, force: true }))
      const results = opened(new ResultQueue(broker.url, 'results'), it => it.close())
      await until('the result queue', () => results.attached)
      const { seed, rate } = this.#options
      const sender = opened(new SenderProcess(scripts.sender, { url: broker.url, seed, rate, durable: false }), it => it.kill())
      return await this.#lives(scripts, broker, join(home, 'data'), results, sender)
    } finally {
      for (const close of closers.reverse()) await close()
    }
  }

  async #lives(
    scripts: ChildScripts,
    broker: CrashBroker,
    dataDir: string,
    results: ResultQueue,
    sender: SenderProcess,
  ): Promise<CrashReport> {
    const life = { job: join(root, 'test', 'recovery', 'crash.job.ts'), dataDir, url: broker.url }
    const { kills, say } = this.#options
    await until('the first messages', () => sender.report.accepted > 0)
    const began = performance.now()
    const guard = setInterval(() => this.#holdWhileBehind(sender, results), 100)
    try {
      for (let kill = 0; kill < kills; kill++) {
        const planned = this.#plan.next(kill)
        const one = planned.how === 'point' ? JobLife.atPoint(scripts.run, life, planned.point, planned.times) : JobLife.command(life)
        const end = await this.#endOf(one, planned)
        const ms = one.recoveredMs
        if (ms !== undefined) this.#recoveries.push(ms)
        const recovered = ms === undefined ? 'not recovered' : `recovered in ${ms.toFixed(0)} ms`
        say(`kill ${kill + 1} of ${kills}: ${end}; ${recovered}; ${sender.report.accepted} accepted, ${results.rows.length} rows`)
        if (this.#findings.list.length > 0) break
      }
      clearInterval(guard)
      const last = JobLife.command(life)
      sender.tell('go')
      sender.tell('stop')
      await until('everything accepted', () => sender.report.state === 'done', finalWithinMs)
      const seconds = (performance.now() - began) / 1000
      const end = sender.report.end!
      await until(
        `the ${(end / perWindow) * devices} rows of the end`,
        () => results.rows.length >= (end / perWindow) * devices,
        finalWithinMs,
      ).catch((error: Error) => this.#findings.add('the end', error.message))
      if (last.recoveredMs !== undefined) this.#recoveries.push(last.recoveredMs)
      const code = await last.stop()
      this.#evidence = last.output
      if (code !== 0) this.#findings.add('the last stop', `exit code ${code}`)
      return await this.#judge(broker, dataDir, results, sender, end, seconds)
    } finally {
      clearInterval(guard)
    }
  }

  /** Waits for the end of one life, brings it about where it is due, and says how it came. */
  async #endOf(life: JobLife, planned: Kill): Promise<string> {
    const died = (): string => {
      if (life.child.signalCode !== 'SIGKILL') {
        this.#findings.add('a life that ended by itself', `exit ${life.child.exitCode}, signal ${life.child.signalCode}\n${life.output}`)
        this.#evidence = life.output
      }
      return 'it ended'
    }
    if (planned.how === 'outside') {
      if (await life.endsWithin(planned.afterMs)) return died()
      await life.kill()
      this.#kills.outside++
      return `from outside after ${planned.afterMs} ms`
    }
    const { point, times } = planned
    if (!(await life.endsWithin(pointWithinMs))) {
      await life.kill()
      this.#plan.came(point, false)
      this.#kills.outside++
      return `from outside, since ${point} did not come ${times} times in ${pointWithinMs} ms`
    }
    died()
    this.#plan.came(point, true)
    this.#kills.atPoints++
    return `at ${point}, pass ${times}`
  }

  /** The sender waits while the job is far behind. */
  #holdWhileBehind(sender: SenderProcess, results: ResultQueue): void {
    const last = results.rows.at(-1)
    const counted = last ? ((last.start - firstAt) / windowMs) * perWindow : 0
    const behind = sender.report.next - counted > mostBehind
    if (behind === this.#held) return
    this.#held = behind
    sender.tell(behind ? 'hold' : 'go')
  }

  async #judge(
    broker: CrashBroker,
    dataDir: string,
    results: ResultQueue,
    sender: SenderProcess,
    end: number,
    seconds: number,
  ): Promise<CrashReport> {
    const findings = this.#findings
    // Behind everything that was ever written to the queue, so that whatever came twice is seen.
    await sendOne(broker.url, 'results', 'behind', '{"device":"closing"}')
    await until('the end of the results', () => results.rows.length > 0 && results.rows.at(-1)!.device === 'closing')
    for (const id of results.repeated) findings.add('a result id twice', id)
    judgeRows(this.#stream, end, results.rows, findings)
    const badMessages = await judgeDeadLetters(this.#stream, end, dataDir, findings)
    if (sender.report.refused > 0) findings.add('the broker refused', `${sender.report.refused} messages`)
    for (const address of this.#options.peer === 'artemis' ? ['DLQ', 'ExpiryQueue', 'readings'] : ['readings'])
      for (const id of await queued(broker.url, address)) findings.add(`left in '${address}'`, `message ${id}`)
    const accepted = sender.report.accepted
    return {
      findings: findings.all(),
      kills: { ...this.#kills, unhit: this.#plan.unhit },
      messages: accepted,
      badMessages,
      windows: (end / perWindow) * devices,
      rate: accepted / seconds,
      recoveries: [...this.#recoveries].sort((a, b) => a - b),
      evidence: this.#evidence,
    }
  }
}
