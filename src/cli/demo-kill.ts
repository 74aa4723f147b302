import { compareResults, comparisonText, type ResultRow } from '../demo/compare-results.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { counted } from './counted.js'
import type { DemoProcess } from './demo-process.js'
import type { DemoSupervisor } from './demo-supervisor.js'
import { spanText } from './inspect-format.js'

/** Real ms, outside of pauses, that the windows which a kill met may take to close. */
const closingMs = 60_000
const lookEveryMs = 250

const pass = (ms: number): Promise<void> => new Promise(resolve => systemTime.after(ms, resolve))
const title = 'killed and recovered'

/**
 * Says that it is on purpose, ends the job's process with SIGKILL, waits for the next one, and tells what was measured: how long it was away, and what
 * became of the results. Later, once the windows that were open have closed, whether they hold what was sent for them.
 */
export async function killAndRecover(supervisor: DemoSupervisor): Promise<void> {
  await supervisor.announceKill()
  const before = await supervisor.process.rows()
  const repeated = supervisor.link.results.repeated
  const { pid } = supervisor.process
  const from = systemTime.monotonic()
  const next = await supervisor.kill()
  await tellRecovery(supervisor, next, { pid, before, repeated, awayMs: systemTime.monotonic() - from })
}

/** Tells of a process that somebody else has killed: what its views held last is not known. */
export const tellForeignKill = (supervisor: DemoSupervisor, next: DemoProcess): Promise<void> => tellRecovery(supervisor, next, undefined)

interface Killed {
  readonly pid: number | undefined
  readonly before: readonly ResultRow[]
  /** Results that consumers had received twice by then. */
  readonly repeated: number
  readonly awayMs: number
}

async function tellRecovery(supervisor: DemoSupervisor, next: DemoProcess, killed: Killed | undefined): Promise<void> {
  const { script, clock } = supervisor.options
  const { recoveryMs } = await next.ready
  const recovery = recoveryMs === null ? '' : `, recovery from snapshot and journal took ${spanText(recoveryMs)} of it`
  const lost = script.kept ? '' : ' What devices sent to the topic meanwhile is lost: a topic keeps nothing for who is not there.'
  const how = killed
    ? `Process ${killed.pid} was ended with SIGKILL and process ${next.pid} went on in its place: the page answered again after ${(killed.awayMs / 1_000).toFixed(1)} s${recovery}.`
    : `Somebody killed the job's process, and process ${next.pid} went on in its place.`
  const results = killed ? ` ${comparisonText(compareResults(killed.before, await next.rows()))}.` : ''
  const id = supervisor.tell('kill', title, `${how}${results}${lost}`)
  void checkWindows(supervisor, clock.wall(), killed?.repeated ?? supervisor.link.results.repeated).then(verdict => {
    if (verdict !== undefined && !supervisor.ending) supervisor.tellMore(id, title, verdict)
  })
}

/** Waits until the windows that were open at `at` have closed, and holds them against what was sent for them. */
async function checkWindows(supervisor: DemoSupervisor, at: number, repeated: number): Promise<string | undefined> {
  const { script, clock } = supervisor.options
  if (!script.check) return undefined
  for (let waited = 0; waited < closingMs && !supervisor.ending; waited += clock.running ? lookEveryMs : 0) {
    await pass(lookEveryMs)
    const rows = await supervisor.process.rows()
    const newest = rows.reduce((latest, { end }) => Math.max(latest, end), Number.NEGATIVE_INFINITY)
    // The minute of the kill and the one before it may have been open.
    if (newest < at + 60_000) continue
    const { windows, readings, wrong } = script.check(rows, at - 60_000)
    const twice = supervisor.link.results.repeated - repeated
    const held =
      wrong === 0 ? `hold exactly the ${counted(readings, 'reading')} sent for them` : `do not hold what was sent: ${wrong} are wrong`
    const consumers = twice === 0 ? 'no consumer received a result twice' : `consumers received ${counted(twice, 'result')} twice`
    return `The ${counted(windows, 'window')} around the kill have closed and ${held}; ${consumers}.`
  }
  return undefined
}
