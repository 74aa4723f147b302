import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pc from 'picocolors'
import type { Log } from '../model/seams.js'
import { loadJob } from '../runtime/load/load-job.js'
import { journalFolder } from './journal-folder.js'
import { startLive } from './live-process.js'
import { errorText } from './print-error.js'
import { onShutdown } from './shutdown.js'
import { terminalLog } from './terminal-log.js'
import { toldLeft } from './told-left.js'

export interface DrainCommandOptions {
  readonly data?: string
  readonly drop: readonly string[]
  readonly json?: boolean
  readonly quiet?: boolean
}

/**
 * `millrace drain JOB`: takes in what the journal holds behind its last snapshot, sends what no sink has acknowledged,
 * takes a snapshot and ends; no source is opened. Gives the exit code, 1 where a signal ended it before, or rows are left that a
 * sink would not take.
 */
export async function drain(path: string, options: DrainCommandOptions): Promise<number> {
  const { job, code } = await loadJob(path)
  const dataDir = journalFolder(options.data ?? join('.millrace', job.id), job.id)
  const say = (text: string): void => void (options.quiet || process.stderr.write(`${text}\n`))
  let left = false
  const log = watched(terminalLog({ json: options.json === true, quiet: options.quiet === true }), code => {
    if (code === 'MR414') left = true
  })
  const asked = new AbortController()
  const unlisten = onShutdown(() => {
    say(pc.dim('stopping: what sinks have not acknowledged stays in the data folder; once more to stop at once'))
    asked.abort()
  })
  const nodeDir = [dataDir, dirname(dataDir)].map(folder => join(folder, '_node')).find(existsSync)
  const live = await startLive({
    jobs: [job],
    log,
    http: undefined,
    dataDir,
    ...(nodeDir !== undefined && { nodeDir }),
    state: { bundles: new Map([[job.id, code]]), drop: options.drop, drainOnly: true },
    signal: asked.signal,
  }).catch((error: unknown) => {
    if (!toldLeft(error, log)) throw error
  })
  if (!live) return 1
  const stop = (): void => void live.jobs.stop(0)
  if (asked.signal.aborted) stop()
  else asked.signal.addEventListener('abort', stop)
  const [end] = await live.jobs.done
  const { received, results } = live.jobs.host.jobs()[0]!.counts
  unlisten()
  await live.close()
  if (end?.error) process.stderr.write(`${errorText(end.error)}\n`)
  else if (!left)
    say(pc.dim(`${job.id}: nothing is left to take in or to send; ${received} messages, ${results} results in its whole life`))
  return end?.error || left ? 1 : 0
}

/** A log that also tells the codes of what goes through it. */
const watched = (log: Log, told: (code: unknown) => void): Log => ({
  info: log.info,
  warn: (message, fields) => {
    told(fields?.['code'])
    log.warn(message, fields)
  },
  error: (message, fields) => {
    told(fields?.['code'])
    log.error(message, fields)
  },
})
