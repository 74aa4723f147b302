import { type ClockReading, DataClock } from '../demo/data-clock.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import { type LoadedJob, loadJob } from '../runtime/load/load-job.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { sentError } from './demo-error.js'
import { demoLog } from './demo-log.js'
import type { FromWorker, SentReading, ToWorker, WorkerStart } from './demo-messages.js'
import { resultRows } from './demo-result-rows.js'
import { type LiveProcess, startLive } from './live-process.js'
import { RemoteDemo } from './remote-demo.js'

/** The process of a demo that runs the job, its journal and its page, and is killed to show what that costs: nothing. */

const countsEveryMs = 100
/** Pages are sent what is new within a tenth of a second, on this process's own timers: however late it runs, this one comes after theirs. */
const lastWordMs = 150
/** Beyond this the machine's clock was set meanwhile, or the reading means nothing. */
const longestWayMs = 60_000
/** How long sinks may take at the end. */
const drainMs = 5_000

const send = (message: FromWorker): void => void (process.connected && process.send?.(message))

/** A reading, and how long ago it was taken, from the clock that both processes see. */
const aged = ({ reading, sentAt, horizon }: SentReading): readonly [ClockReading, number, number] => [
  reading,
  Math.min(Math.max(systemTime.wall() - sentAt, 0), longestWayMs),
  horizon ?? Number.POSITIVE_INFINITY,
]

class DemoWorker {
  readonly #loading: Promise<LoadedJob>
  readonly #remote = new RemoteDemo(send)
  #clock: DataClock | undefined
  #live: LiveProcess | undefined
  #stopping: Promise<void> | undefined

  constructor(jobFile: string) {
    // Begun before anything is asked: broker and devices start meanwhile.
    this.#loading = loadJob(jobFile)
    this.#loading.catch(() => undefined)
  }

  async take(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'start':
        return this.#start(message.start)
      case 'clock':
        return this.#clock?.follow(...aged(message.clock))
      case 'status':
        return this.#remote.take(message.status)
      case 'acted':
        return this.#remote.acted(message.call, message.error)
      case 'rows':
        return send({ type: 'rows', rows: resultRows(this.#live?.jobs.host.views() ?? []) })
      case 'last-word':
        return void systemTime.after(lastWordMs, () => send({ type: 'said' }))
      case 'stop':
        this.#stopping ??= this.#stop()
    }
  }

  async #start({ clock, dataDir, nodeUrl, http, share, mostReaders, clockLabel, status }: WorkerStart): Promise<void> {
    const [reading, ageMs, horizon] = aged(clock)
    const time = new DataClock(systemTime, reading, ageMs)
    time.follow(reading, ageMs, horizon)
    this.#clock = time
    this.#remote.take(status)
    const { job, code } = await this.#loading
    const live = await startLive({
      jobs: [job],
      log: demoLog(() => this.#remote.status().unplugged),
      http,
      dataDir,
      ...(nodeUrl !== undefined && { nodeUrl }),
      ...(share && { share }),
      ...(mostReaders !== undefined && { mostReaders }),
      state: { bundles: new Map([[job.id, code]]) },
      time,
      clockLabel,
      derived: true,
      demo: this.#remote,
    })
    this.#live = live
    const { server, jobs } = live
    const summary = jobs.host.jobs()[0]!
    const url = server ? { url: server.url, port: server.port } : { url: null, port: null }
    const recoveryMs = summary.journal?.lastRecoveryMs ?? null
    const view = jobs.host.views()[0]?.id ?? null
    const taken = server?.fallback?.taken ?? null
    send({
      type: 'ready',
      ready: { ...url, taken, sharedAt: server?.sharedAt ?? null, view, recoveryMs },
    })
    this.#report(live)
    void jobs.done.then(async ends => {
      if (this.#stopping) return
      const [error] = ends.flatMap(end => (end.error ? [end.error] : []))
      await this.#close(live, error)
    })
  }

  #report(live: LiveProcess): void {
    const { counts } = live.jobs.host.jobs()[0]!
    send({ type: 'counts', counts })
    if (!this.#stopping) systemTime.after(countsEveryMs, () => this.#report(live))
  }

  async #stop(): Promise<void> {
    const live = this.#live
    if (!live) process.exit(0)
    await live.jobs.drain({ firePartial: false, deadlineMs: drainMs })
    const [end] = await live.jobs.done
    await this.#close(live, end?.error)
  }

  async #close(live: LiveProcess, error: MillraceError | undefined): Promise<void> {
    const { counts } = live.jobs.host.jobs()[0]!
    await live.close()
    send({ type: 'ended', counts, ...(error && { error: sentError(error, 'demo') }) })
    process.disconnect()
  }
}

const worker = new DemoWorker(process.argv[2]!)
process.on('message', (message: ToWorker) => {
  worker.take(message).catch((error: unknown) => {
    send({ type: 'ended', counts: null, error: sentError(error, 'demo') })
    process.exit(1)
  })
})
// A Ctrl-C reaches every process of the terminal: this one ends when it is told, after the devices.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// Whoever started this is gone: nobody needs the demo any more, and its folder is swept by the next one.
process.on('disconnect', () => process.exit(0))
