import { join } from 'node:path'
import pc from 'picocolors'
import { DataClock } from '../demo/data-clock.js'
import { isActionKey } from '../demo/demo-actions.js'
import type { DemoScript } from '../demo/demo-script.js'
import { DeviceLink } from '../demo/device-link.js'
import { maxTemperatureScript } from '../demo/max-temperature-script.js'
import { moteClimateScript } from '../demo/mote-climate-script.js'
import { thermostatScript } from '../demo/thermostat-script.js'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { DemoBroker } from './demo-broker.js'
import { DemoDeeds } from './demo-deeds.js'
import { type DemoFolder, demoFolder } from './demo-folder.js'
import { readKeys } from './demo-keys.js'
import { tellForeignKill } from './demo-kill.js'
import { DemoScreen } from './demo-screen.js'
import { DemoSupervisor } from './demo-supervisor.js'
import { amqpPort } from './embedded-node.js'
import { listenAddress } from './listen-address.js'
import { packageRoot } from './package-root.js'
import { errorText } from './print-error.js'
import { httpPort, type ProcessOptions } from './process-options.js'
import { mostReadersOf } from './reader-count.js'
import { type Invitation, invitation } from './share-invitation.js'
import { onShutdown } from './shutdown.js'
import { terminalLog } from './terminal-log.js'
import { writeOut } from './write-out.js'

export interface DemoOptions extends ProcessOptions {
  readonly speed?: string
  readonly for?: string
}

const scripts: Readonly<Record<string, () => DemoScript>> = {
  'mote-climate': () => moteClimateScript(join(packageRoot, 'data', 'motes.csv')),
  thermostat: thermostatScript,
  'max-temperature': maxTemperatureScript,
}

/**
 * `millrace demo`: devices, broker and terminal here, job and page in a process of their own, so that it can be killed for
 * all to see. Gives the exit code.
 */
export async function demo(name: string, options: DemoOptions): Promise<number> {
  const script = scripts[name]?.()
  if (!script) throw new MillraceError('MR606', `there is no demo '${name}'`)
  const speed = speedOf(options.speed, script.speed)
  const lasts = options.for === undefined ? undefined : durationMs(options.for as Duration)
  const http = options.http === false ? undefined : listenAddress(options.http, httpPort)
  const amqp = options.amqp === undefined ? listenAddress(undefined, amqpPort) : listenAddress(options.amqp, 0)
  const guests = invitation(options)
  const readers = mostReadersOf(options)
  const screen = new DemoScreen(options)
  const end = new AbortController()
  // Before anything is opened: a signal amid the start ends it in order, too.
  const unlisten = onShutdown(() => end.abort())
  const folder = await demoFolder(options.data)
  try {
    const clock = new DataClock(systemTime, { at: script.startsAt ?? systemTime.wall(), speed, running: true })
    const supervisor = new DemoSupervisor({
      jobFile: join(packageRoot, 'jobs', `${script.job}.job.ts`),
      script,
      clock,
      start: { dataDir: join(folder.path, 'job'), http, share: guests?.share, ...readers, clockLabel: script.label(speed) },
      told: (title, sentence, more) => screen.happened(title, sentence, more),
    })
    return await play(supervisor, { script, clock, amqp, folder, screen, guests, end, lasts, json: options.json === true })
  } finally {
    unlisten()
    await folder.remove()
  }
}

interface Playing {
  readonly script: DemoScript
  readonly clock: DataClock
  readonly amqp: ReturnType<typeof listenAddress>
  readonly folder: DemoFolder
  readonly screen: DemoScreen
  readonly guests: Invitation | undefined
  readonly end: AbortController
  /** Real ms after the first message. */
  readonly lasts: number | undefined
  readonly json: boolean
}

async function play(
  supervisor: DemoSupervisor,
  { script, clock, amqp, folder, screen, guests, end, lasts, json }: Playing,
): Promise<number> {
  const named = process.env['MILLRACE_AMQP_URL']
  let broker: DemoBroker | undefined
  let link: DeviceLink | undefined
  try {
    broker = named ? undefined : await DemoBroker.start(amqp, folder.path, terminalLog({ json: false, quiet: true }))
    const ready = await supervisor.start(broker)
    link = new DeviceLink(named ?? broker!.url, 'millrace-demo', systemTime, clock)
    const deeds = new DemoDeeds(supervisor)
    supervisor.offer(
      link,
      action => deeds.do(action),
      next => void tellForeignKill(supervisor, next),
    )
    screen.welcome({ ready, broker, guests, job: script.job, actions: supervisor.status().actions })
    const playing = script.play({ link, time: clock, random: systemRandom, say: line => screen.device(line), signal: end.signal })
    if (lasts !== undefined) void endAfter(supervisor, lasts, end)
    const unread = readKeys({ press: key => press(supervisor, screen, key), end: () => end.abort() })
    await Promise.race([aborted(end.signal), supervisor.done])
    end.abort()
    deeds.end()
    unread()
    // What waits for the broker would keep the end waiting.
    await broker?.plug()
    const failure = await supervisor.stop()
    link.close()
    await playing
    await conclude(supervisor, ready.url, screen, json)
    if (failure) process.stderr.write(`${errorText(failure)}\n`)
    return failure ? 1 : 0
  } finally {
    link?.close()
    supervisor.discard()
    await broker?.unplug()
  }
}

function press(supervisor: DemoSupervisor, screen: DemoScreen, key: string): void {
  const { actions } = supervisor.status()
  const found = actions.find(action => action.key === key)
  // A key that is held down fills the queue; what is then refused is nothing to tell.
  if (found) supervisor.act(found.action).catch(() => undefined)
  else if (isActionKey(key)) screen.keys('keys now', actions)
}

async function conclude(supervisor: DemoSupervisor, dashboard: string | null, screen: DemoScreen, json: boolean): Promise<void> {
  const { received = 0, counted = 0, late = 0, duplicate = 0, deadLettered = 0, results = 0 } = supervisor.counts ?? {}
  if (json) return writeOut(`${JSON.stringify({ dashboard, received, counted, late, duplicate, deadLettered, results })}\n`)
  screen.say(
    `${pc.dim('received')} ${received} = ${counted} counted + ${late} late + ${duplicate} duplicate + ${deadLettered} dead letters; ${results} results`,
  )
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Ends the demo `ms` of real time after the first message. */
async function endAfter(supervisor: DemoSupervisor, ms: number, end: AbortController): Promise<void> {
  const wait = (delay: number): Promise<void> => new Promise(resolve => systemTime.after(delay, resolve))
  while (!end.signal.aborted && (supervisor.counts?.received ?? 0) === 0) await wait(10)
  await wait(ms)
  end.abort()
}

function speedOf(text: string | undefined, standard: number): number {
  const speed = text === undefined ? standard : Number(text.replace(/[x×]$/, ''))
  if (!(speed >= 0.1 && speed <= 3_600)) throw new MillraceError('MR601', `--speed is '${text}', not a factor between 0.1 and 3600`)
  return speed
}
