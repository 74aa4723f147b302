import { join } from 'node:path'
import pc from 'picocolors'
import type { DemoScript } from '../demo/demo-script.js'
import { DeviceLink } from '../demo/device-link.js'
import { maxTemperatureScript } from '../demo/max-temperature-script.js'
import { moteClimateScript } from '../demo/mote-climate-script.js'
import { thermostatScript } from '../demo/thermostat-script.js'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { loadJob } from '../runtime/load/load-job.js'
import { scaledTime } from '../runtime/seams/scaled-time.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { listenAddress } from './listen-address.js'
import { type LiveProcess, startLive } from './live-process.js'
import { packageRoot } from './package-root.js'
import { errorText } from './print-error.js'
import { httpPort, type ProcessOptions } from './process-options.js'
import { onShutdown } from './shutdown.js'
import { terminalLog } from './terminal-log.js'
import { writeOut } from './write-out.js'

export interface DemoOptions extends ProcessOptions {
  readonly speed?: string
  readonly for?: string
}

const scripts: Readonly<Record<string, () => DemoScript>> = {
  'mote-climate': () => moteClimateScript(join(packageRoot, 'data', 'motes.csv')),
  thermostat: () => thermostatScript,
  'max-temperature': () => maxTemperatureScript,
}

/** `millrace demo`: a job, its devices and its page in one process. Gives the exit code. */
export async function demo(name: string, options: DemoOptions): Promise<number> {
  const script = scripts[name]?.()
  if (!script) throw new MillraceError('MR606', `there is no demo '${name}'`)
  const speed = speedOf(options.speed, script.speed)
  const lasts = options.for === undefined ? undefined : durationMs(options.for as Duration)
  const log = terminalLog({ json: false, quiet: true })
  const end = new AbortController()
  // Before anything is opened: a signal amid the start ends it in order, too.
  const unlisten = onShutdown(() => end.abort())
  const time = scaledTime(systemTime, speed, script.startsAt ?? systemTime.wall())
  const { job, code } = await loadJob(join(packageRoot, 'jobs', `${script.job}.job.ts`))
  const live = await startLive({
    jobs: [job],
    log,
    http: options.http === false ? undefined : listenAddress(options.http, httpPort),
    ...(options.amqp !== undefined && { amqp: listenAddress(options.amqp, 0) }),
    dataDir: options.data ?? null,
    state: { bundles: new Map([[job.id, code]]) },
    time,
    clockLabel: script.label(speed),
    derived: true,
  })
  const say = (text: string): void => void (options.json || options.quiet || process.stderr.write(`${text}\n`))
  welcome(live, script, say)
  const link = new DeviceLink(process.env['MILLRACE_AMQP_URL'] ?? live.node!.node.url, 'millrace-demo')
  const playing = script.play({ link, time, random: systemRandom, say: line => say(`${pc.yellow('▸')} ${line}`), signal: end.signal })
  if (lasts !== undefined) void endAfter(live, lasts, end)
  const failed = live.jobs.done.then(ends => {
    end.abort()
    return ends.flatMap(({ error }) => (error ? [error] : []))
  })
  await new Promise<void>(resolve => {
    if (end.signal.aborted) resolve()
    else end.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await live.jobs.drain({ firePartial: false })
  await playing
  const summary = live.jobs.host.jobs()[0]!
  link.close()
  unlisten()
  const dashboard = live.server?.url ?? null
  await live.close()
  const { received, counted, late, duplicate, deadLettered, results } = summary.counts
  if (options.json) await writeOut(`${JSON.stringify({ dashboard, received, counted, late, duplicate, deadLettered, results })}\n`)
  else
    say(
      `${pc.dim('received')} ${received} = ${counted} counted + ${late} late + ${duplicate} duplicate + ${deadLettered} dead letters; ${results} results`,
    )
  const failures = await failed
  for (const failure of failures) process.stderr.write(`${errorText(failure)}\n`)
  return failures.length > 0 ? 1 : 0
}

function welcome(live: LiveProcess, script: DemoScript, say: (text: string) => void): void {
  const { server, node } = live
  if (server) {
    say(
      `${pc.dim('page      ')} ${pc.cyan(pc.bold(server.url))}${server.fallback ? pc.yellow(`  (port ${server.fallback.taken} is taken)`) : ''}`,
    )
    const view = live.jobs.host.views()[0]?.id
    if (view !== undefined) say(`${pc.dim('rows      ')} curl ${server.url}/api/v1/views/${view}/rows.csv`)
  }
  if (node) say(`${pc.dim('AMQP node ')} ${node.node.url}${node.hint ? pc.yellow(`  (${node.hint})`) : ''}`)
  say(`${pc.dim('job       ')} jobs/${script.job}.job.ts  ${pc.dim('Ctrl-C ends it')}`)
}

/** Ends the demo `ms` of real time after the first message. */
async function endAfter(live: LiveProcess, ms: number, end: AbortController): Promise<void> {
  const wait = (delay: number): Promise<void> => new Promise(resolve => systemTime.after(delay, resolve))
  while (!end.signal.aborted && (live.jobs.host.jobs()[0]?.counts.received ?? 0) === 0) await wait(10)
  await wait(ms)
  end.abort()
}

function speedOf(text: string | undefined, standard: number): number {
  const speed = text === undefined ? standard : Number(text.replace(/[x×]$/, ''))
  if (!(speed >= 0.1 && speed <= 3_600)) throw new MillraceError('MR601', `--speed is '${text}', not a factor between 0.1 and 3600`)
  return speed
}
