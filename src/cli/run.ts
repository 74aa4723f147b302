import pc from 'picocolors'
import type { MillraceError } from '../model/errors/millrace-error.js'
import { loadJob } from '../runtime/load/load-job.js'
import { announceLive, logLive } from './announce-live.js'
import { type CsvWords, csvWritten } from './csv-written.js'
import { dashboardsFolder } from './dashboards-folder.js'
import { listenAddress } from './listen-address.js'
import { startLive } from './live-process.js'
import { type InspectOptions, openInspector } from './open-inspector.js'
import { errorLines, errorText } from './print-error.js'
import { httpPort, type ProcessOptions } from './process-options.js'
import { readFiles } from './read-files.js'
import { mostReadersOf } from './reader-count.js'
import { resultsNdjson } from './results-ndjson.js'
import { invitation, invite } from './share-invitation.js'
import { onShutdown } from './shutdown.js'
import { terminalLog } from './terminal-log.js'
import { toldLeft } from './told-left.js'
import { writeOut } from './write-out.js'

export interface RunOptions extends ProcessOptions, InspectOptions, CsvWords {
  readonly results?: string
  readonly reset?: boolean
  readonly drop: readonly string[]
  readonly takeOver?: boolean
}

/** `millrace run JOB…`: until a signal, or over files until their end. Gives the exit code. */
export async function run(paths: readonly string[], options: RunOptions): Promise<number> {
  csvWritten(options)
  openInspector(options)
  const log = terminalLog({ json: options.json === true, quiet: options.quiet === true })
  const loaded = await Promise.all(paths.map(path => loadJob(path)))
  const jobs = loaded.map(({ job }) => job)
  if (options.read.length > 0) return readFiles(jobs, options)
  const say = (text: string): void => void (options.quiet || process.stderr.write(`${text}\n`))
  const asked = new AbortController()
  let started = false
  // Before anything is opened: a signal amid the start must not cost the state that the start has just taken over.
  const unlisten = onShutdown(() => {
    const how = started ? 'credit off, sinks finish, state is saved' : 'the start is left'
    if (options.json) log.info(`stopping: ${how}`)
    else say(pc.dim(`stopping: ${how}; once more to stop at once`))
    asked.abort()
  })
  const dashboards = dashboardsFolder(paths)
  const guests = invitation(options)
  const live = await startLive({
    jobs,
    log,
    ...(dashboards !== undefined && { dashboards }),
    ...(guests && { share: guests.share }),
    ...mostReadersOf(options),
    http: options.http === false ? undefined : listenAddress(options.http, httpPort),
    ...(options.amqp !== undefined && { amqp: listenAddress(options.amqp, 0) }),
    ...(options.data !== undefined && { dataDir: options.data }),
    state: {
      bundles: new Map(loaded.map(({ job, code }) => [job.id, code])),
      drop: options.drop,
      ...(options.reset && { reset: true }),
      ...(options.takeOver && { takeOver: true }),
    },
    ...(options.results === 'ndjson' && { onOutput: output => void writeOut(resultsNdjson(output)) }),
    signal: asked.signal,
  }).catch((error: unknown) => {
    if (!toldLeft(error, log)) throw error
  })
  if (!live) return 0
  started = true
  const sharedAt = live.server?.sharedAt
  // Before the page's own address, which must not scroll away under a QR code.
  if (guests && sharedAt) invite(guests, sharedAt.url, options)
  if (options.json) logLive(live, log)
  else announceLive(live, say)
  const stop = (): void => void live.jobs.stop()
  if (asked.signal.aborted) stop()
  else asked.signal.addEventListener('abort', stop)
  // Without its node a job would wait for ever: whoever started this process starts it again.
  const failures: MillraceError[] = []
  void live.node?.failed.then(error => {
    failures.push(error)
    stop()
  })
  const ends = await live.jobs.done
  unlisten()
  await live.close()
  failures.push(...ends.flatMap(({ error }) => (error ? [error] : [])))
  for (const failure of failures) process.stderr.write(`${(options.json ? errorLines : errorText)(failure)}\n`)
  return failures.length > 0 ? 1 : 0
}
