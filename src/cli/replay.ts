import { join } from 'node:path'
import pc from 'picocolors'
import type { ConnectorContext } from '../connector/source.js'
import { instantText } from '../model/instant-text.js'
import { type LoadedJob, loadJob } from '../runtime/load/load-job.js'
import { readDataIdentity } from '../runtime/recovery/data-identity.js'
import { checkOwnJournal } from '../runtime/recovery/own-journal.js'
import { SourceLogs } from '../runtime/recovery/source-logs.js'
import type { Bound } from '../runtime/replay/replay-journal.js'
import { type ReplayProgress, replayStretch, type StretchOptions } from '../runtime/replay/replay-stretch.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { journalBound } from './journal-bound.js'
import { journalFolder } from './journal-folder.js'
import { replayCompare } from './replay-compare.js'
import { replayInto } from './replay-into.js'
import type { Replaying, ReplayOptions } from './replaying.js'
import { terminalLog } from './terminal-log.js'

/** How often the terminal hears how far it is, real ms. */
const progressMs = 2_000

/** `millrace replay JOB`: a stretch of the job's journal through the job as it is now. Gives the exit code. */
export async function replay(path: string, options: ReplayOptions): Promise<number> {
  const from = journalBound('--from', options.from)
  const to = journalBound('--to', options.to)
  const loaded = await loadJob(path)
  const say = (text: string): void => void (options.quiet || process.stderr.write(`${text}\n`))
  const dataDir = journalFolder(options.data ?? join('.millrace', loaded.job.id), loaded.job.id)
  await checkOwnJournal(systemDisk, dataDir, loaded.job.id)
  const logs = new SourceLogs(source => connectorContext(loaded.job.id, source, options))
  const origin = await readDataIdentity(systemDisk, dataDir)
  const replaying: Replaying = {
    loaded,
    options,
    say,
    run: async (now, before, drained) => {
      const stretch = stretchOptions({ loaded, dataDir, from, to, origin, logs, options })
      const progress = progressLine(say)
      const rest = async (at: ReplayProgress): Promise<void> => {
        progress(at)
        await drained?.()
      }
      try {
        return await replayStretch({ ...stretch, rest }, now, before)
      } finally {
        await logs.close()
      }
    },
  }
  return options.compare ? replayCompare(replaying) : replayInto(replaying)
}

interface Parts {
  readonly loaded: LoadedJob
  readonly dataDir: string
  readonly from: Bound | undefined
  readonly to: Bound | undefined
  readonly origin: string | undefined
  readonly logs: SourceLogs
  readonly options: ReplayOptions
}

function stretchOptions({ loaded, dataDir, from, to, origin, logs, options }: Parts): Omit<StretchOptions, 'rest'> {
  const { job, code } = loaded
  const debug = (line: string): void => void (options.compare || process.stderr.write(`${line}\n`))
  return {
    disk: systemDisk,
    dataDir,
    job,
    code,
    from,
    to,
    logs,
    // What was given up at a former edit was told then.
    log: terminalLog({ json: options.json === true, quiet: true }),
    start: one => one.start({ bounded: false, debug, ...(origin !== undefined && { origin }) }),
  }
}

const connectorContext = (job: string, id: string, { json, quiet }: ReplayOptions): ConnectorContext => ({
  job,
  id,
  time: systemTime,
  random: systemRandom,
  log: terminalLog({ json: json === true, quiet: quiet === true }),
  env: process.env,
  embeddedNode: undefined,
  bufferBytes: 2 ** 22,
})

function progressLine(say: (text: string) => void): (progress: ReplayProgress) => void {
  let told = systemTime.monotonic()
  return ({ entry, wall, received }) => {
    const now = systemTime.monotonic()
    if (now - told < progressMs) return
    told = now
    say(pc.dim(`at entry ${entry}, ${instantText(wall)}: ${received} messages so far`))
  }
}
