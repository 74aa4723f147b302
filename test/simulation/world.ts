import { openJournal } from '../../src/journal/open-journal.js'
import type { JobSummary } from '../../src/model/api.js'
import type { CrashPoint } from '../../src/model/crash-point.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { GuaranteeLevel } from '../../src/model/guarantee.js'
import { type RunningJobs, startJobs } from '../../src/runtime/start-jobs.js'
import { silentLog } from '../support/silent-log.js'
import type { Fault } from './faults.js'
import { JournalBound } from './journal-bound.js'
import { JournalOrder } from './journal-order.js'
import { rowsShown } from './judge-view.js'
import type { Machine } from './machine.js'
import { ModelBroker } from './model-broker.js'
import { ModelLog } from './model-log.js'
import { ModelSink } from './model-sink.js'
import { Observations } from './observations.js'
import type { Plant } from './plant.js'
import type { Scenario } from './scenario.js'
import { Scheduler } from './scheduler.js'
import { SeededRandom } from './seeded-random.js'
import { SimDisk } from './sim-disk.js'
import { simJob } from './sim-job.js'
import { SimProcess } from './sim-process.js'
import type { Invariant, Violation } from './violation.js'

/** The data folder of the job. */
export const dataDir = '/data/sim'

/** Stands for the text of the job, which the data folder keeps. */
const textOf = (edited: boolean): string => `export default ${edited}\n`

/** One process and the job in it. */
interface Life {
  readonly process: SimProcess
  jobs: RunningJobs | undefined
  /** How it was told to end. */
  ending: 'stop' | 'drain' | undefined
}

/** A machine with its disk, the job's processes on it, and the peers around it. */
export class World implements Machine {
  readonly scheduler: Scheduler
  readonly disk: SimDisk
  readonly sources: ReadonlyMap<string, ModelBroker | ModelLog>
  readonly sinks: ReadonlyMap<string, ModelSink>
  readonly observations: Observations
  readonly journalOrder = new JournalOrder(what => this.violated('I6', what))
  readonly journalBound = new JournalBound()
  violation: Violation | undefined
  readonly lines: string[] = []
  hash = 0x811c9dc5
  /** Ends and starts of the job so far. */
  lives = 0
  /** The process that owns the data folder, or will. */
  life: Life | undefined
  readonly scenario: Scenario
  readonly #plant: Plant | undefined
  readonly #random: SeededRandom
  readonly #replaced = new Set<SimProcess>()
  readonly #durable = new Set<string>()
  readonly #processes: SimProcess[] = []
  #armed: (Fault & { readonly what: 'crash-point' })[] = []
  readonly #passed = new Map<Fault, number>()
  /** Processes that had been started when the job was told to finish. */
  livesToFinish = 0
  /** The job was told to finish. */
  finishing = false
  finished = false
  /** What the job has said last of each of its sinks. */
  labels: ReadonlyMap<string, GuaranteeLevel> = new Map()
  /** What the view of the narrow windows holds when the job has ended. */
  shown: ReturnType<typeof rowsShown> = []

  constructor(scenario: Scenario, plant: Plant | undefined) {
    this.scenario = scenario
    this.#plant = plant
    this.#random = this.fork('world')
    this.scheduler = new Scheduler(this.fork('scheduler'))
    this.disk = new SimDisk(this.scheduler, this.fork('disk'))
    this.disk.prepare(dataDir)
    this.disk.onChange = (process, what, path, file) => {
      this.trace(`p${process.number} ${what} ${path}`)
      this.journalBound.changed(process.number, what, path, this.scheduler.now)
      if (what === 'remove' && file && path.startsWith(`${dataDir}/journal/`)) this.#keepMarks(file.durable)
      if (what === 'create' && path.startsWith(`${dataDir}/epochs/`)) this.#takenOver(process)
    }
    this.disk.onListed = (process, folder, names) => {
      if (folder !== `${dataDir}/epochs` || process.replacedAt === Number.POSITIVE_INFINITY) return
      // What it had begun before it knew may still come to its end.
      if (names.length > 0) this.scheduler.after(20, () => this.#replaced.add(process))
    }
    this.observations = new Observations((invariant, what) => this.violated(invariant, what))
    this.sources = new Map(
      scenario.sources.map(({ id, kind }) => [
        id,
        kind === 'log' ? new ModelLog(id, this) : new ModelBroker(id, this, scenario.exact, plant?.takeTransfers),
      ]),
    )
    const guarantees = { exact: 'transactional', once: 'idempotent', late: 'transactional', wide: 'idempotent', again: 'append' } as const
    this.sinks = new Map(Object.entries(guarantees).map(([id, guarantee]) => [id, new ModelSink(id, guarantee, this)]))
    for (const sink of this.sinks.values()) sink.onWritten = (outputs, position) => this.observations.written(outputs, position)
  }

  fork(name: string): SeededRandom {
    return new SeededRandom(this.scenario.seed, name)
  }

  trace(line: string): void {
    const text = `${this.scheduler.now.toFixed(3).padStart(10)} ${line}`
    this.lines.push(text)
    for (let i = 0; i < text.length; i++) this.hash = Math.imul(this.hash ^ text.charCodeAt(i), 0x01000193)
  }

  violated(invariant: Invariant, what: string): void {
    if (!this.violation) this.trace(`VIOLATION ${invariant}: ${what}`)
    this.violation ??= { invariant, what }
  }

  isReplaced(process: SimProcess): boolean {
    return this.#replaced.has(process)
  }

  isDurable(mark: Uint8Array): boolean {
    const name = Buffer.from(mark).toString('latin1')
    if (this.#durable.has(name)) return true
    for (const [, file] of this.disk.durableFiles(`${dataDir}/journal`)) {
      if (Buffer.from(file.durable.buffer, file.durable.byteOffset, file.durable.byteLength).indexOf(mark) < 0) continue
      this.#durable.add(name)
      return true
    }
    return false
  }

  #keepMarks(bytes: Uint8Array): void {
    for (const [mark] of Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/#\d{6}#|-\d+;/g))
      this.#durable.add(mark)
  }

  #takenOver(by: SimProcess): void {
    for (const process of this.#processes)
      if (process.number < by.number) process.replacedAt = Math.min(process.replacedAt, this.scheduler.now)
  }

  /** Starts the job in a new process, although a stopped one may have the folder. */
  start(): void {
    if (this.finished) return
    const takeOver = this.#processes.some(({ dead }) => !dead)
    const process = new SimProcess(++this.lives, this.scheduler)
    this.#processes.push(process)
    process.wallOffset = this.wallOffset
    process.onDeath(() => this.disk.processDied(process))
    const life: Life = { process, jobs: undefined, ending: undefined }
    this.life = life
    this.trace(`p${process.number} starts${takeOver ? ' and takes over' : ''}`)
    const { edited } = this
    const { snapshotEntries, segmentBytes, retentionBytes } = this.scenario
    const random = this.fork(`process ${process.number}`)
    process.enter(() => {
      startJobs({
        jobs: [simJob(this.scenario, this, process, edited, this.#plant)],
        bundles: new Map([['sim', textOf(edited)]]),
        drop: this.edits > 0 && !this.misnamed ? ['view:wide-shown'] : [],
        log: silentLog,
        env: {},
        time: process.time,
        random,
        dataDir,
        disk: this.#plant?.disk?.(this.disk.for(process)) ?? this.disk.for(process),
        lock: async () => ({ release: async () => undefined }),
        reached: point => this.#reached(process, point),
        tuning: { snapshotEntries, segmentBytes, retentionBytes, bufferBytes: 50_000 },
        factories: {
          storedJob: async code => {
            const text = this.#plant?.formerText?.(code, textOf(edited)) ?? code
            return simJob(this.scenario, this, process, text.includes(textOf(true)), this.#plant)
          },
          ...this.#plant?.factories,
          openJournal: async options => this.journalOrder.follow(await (this.#plant?.factories?.openJournal ?? openJournal)(options)),
        },
        onOutput: outputs => {
          if (!process.dead) this.observations.output(outputs)
        },
        takeOver,
      }).then(
        jobs => {
          life.jobs = jobs
          void jobs.done.then(([end]) => this.#ended(life, end?.error))
          if (this.finishing) this.finish()
        },
        error => this.#ended(life, error),
      )
    })
  }

  wallOffset = 0
  /** Whether the job that is started next is the other text of it. */
  edited = false
  edits = 0
  /** The text that has the node to drop was never begun: who starts the process leaves the option out. */
  misnamed = false

  #ended(life: Life, error: unknown): void {
    const { process } = life
    if (process.dead) return
    this.trace(`p${process.number} ends${error ? `: ${error}` : ''}`)
    const replaced = process.replacedAt < Number.POSITIVE_INFINITY
    if (error && !(error instanceof MillraceError)) this.violated('I9', `p${process.number} ended with ${(error as Error).stack}`)
    // A folder that cannot be begun is told to whoever starts the process, who may try again.
    else if (error instanceof MillraceError && error.code === 'MR426' && !life.jobs) this.trace('not begun')
    else if (error instanceof MillraceError && error.code === 'MR427' && !life.jobs) this.misnamed = true
    else if (error instanceof MillraceError && error.action === 'stop' && !replaced)
      this.violated('I9', `the job stopped for good: ${error.code} ${error.message}`)
    const open = this.disk.open.get(process) ?? []
    if (!error && open.length > 0) this.violated('I10', `open at the end of p${process.number}: ${open}`)
    process.kill()
    if (this.life !== life) return
    this.life = undefined
    if (!error && life.ending === 'drain') {
      this.finished = true
      const [{ guarantee }] = life.jobs!.host.jobs() as readonly [JobSummary]
      this.labels = new Map(guarantee.sinks!.map(({ sink, level }) => [sink, level]))
      this.shown = rowsShown(life.jobs!.host.views().find(({ id }) => id === 'shown')!)
    } else this.#again()
  }

  #again(): void {
    this.scheduler.after(this.#random.between(20, 1_000), () => {
      if (!this.life) this.start()
    })
  }

  /** Ends the present process; with the power, all processes, and what the disk had not yet. */
  crash(power: boolean): void {
    this.trace(power ? 'POWER LOST' : 'KILL')
    for (const process of power ? this.#processes : [this.life?.process]) process?.kill()
    if (power) this.disk.losePower()
    if (!this.life) return
    this.life = undefined
    this.#again()
  }

  #reached(process: SimProcess, point: CrashPoint): void {
    if (process.dead || process !== this.life?.process) return
    this.trace(`p${process.number} reached ${point}`)
    if (point === 'snapshot-captured') this.journalBound.captured(process.number, this.scheduler.now)
    for (const fault of this.#armed) {
      if (fault.point !== point) continue
      const passed = (this.#passed.get(fault) ?? 0) + 1
      this.#passed.set(fault, passed)
      if (passed < fault.nth) continue
      this.#armed = this.#armed.filter(other => other !== fault)
      this.crash(fault.power)
      return
    }
  }

  arm(fault: Fault & { readonly what: 'crash-point' }): void {
    this.#armed.push(fault)
  }

  /** From now on nothing goes wrong any more. */
  heal(): void {
    this.#armed = []
    Object.assign(this.disk.faults, { full: false, writeErrors: false, shortWrites: 0, syncErrors: 0, slow: 1 })
    for (const sink of this.sinks.values()) Object.assign(sink, { away: false, slow: 1, failures: 0 })
    for (const process of this.#processes) process.resume()
    if (!this.life) this.start()
  }

  /** Fires all windows and ends the job; a job that breaks while it does is started again, and finished then. */
  finish(): void {
    if (!this.finishing) this.livesToFinish = this.lives
    this.finishing = true
    const { life } = this
    if (!life?.jobs || life.ending) return
    life.ending = 'drain'
    life.process.enter(() => void life.jobs!.drain({ firePartial: true }))
  }

  /** Messages that no source has settled yet. */
  get unsettled(): number {
    let sum = 0
    for (const source of this.sources.values()) sum += source.size
    return sum
  }
}
