/**
 * A large answer in each format: how fast it is made, and what the server's memory does meanwhile, for a reader that takes it
 * at once and for one that is slow. `node bench/run.js rows [ROWS]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { rowFormats } from '../src/http/row-formats.js'
import { climateServer } from '../test/http/climate-server.js'
import { climateView } from '../test/http/climate-view.js'

const slowMs = 5_000
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

interface Usage {
  readonly rss: number
  /** Seconds of a core so far. */
  readonly cpu: number
  /** The longest time for which one turn of the event loop held up the others. */
  readonly heldMs: number
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** The server, in a process of its own: tells its address, then what it uses. */
async function serve(rows: number): Promise<void> {
  const view = climateView(rows)
  const server = await climateServer(view)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  setInterval(() => {
    process.send?.({ rss: process.memoryUsage.rss(), cpu: cpuSeconds(), heldMs: delay.max / 1e6 } satisfies Usage)
    delay.reset()
  }, 20)
  process.send?.(server.url)
  // What a program would do without formats, streams and HTTP: the floor.
  const names = view.info().columns.map(({ name }) => name)
  const began = cpuSeconds()
  let bytes = 0
  for (const row of view.query({}).rows) bytes += JSON.stringify(Object.fromEntries(row.map((value, i) => [names[i], value]))).length + 1
  const seconds = cpuSeconds() - began
  process.send?.(`JSON.stringify of an object a row alone: ${Math.round(rows / seconds / 1000)} k rows a second of a core, ${mib(bytes)}`)
}

const asked = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, { agent: false }, resolve).on('error', reject))

async function measure(rows: number): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1]!, 'serve', String(rows)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const [url] = (await once(child, 'message')) as [string]
    let rss = 0
    let most = 0
    let heldMs = 0
    let cpu = 0
    const floor = new Promise<string>(resolve =>
      child.on('message', message => {
        if (typeof message === 'string') return resolve(message)
        const usage = message as Usage
        rss = usage.rss
        cpu = usage.cpu
        most = Math.max(most, rss)
        heldMs = Math.max(heldMs, usage.heldMs)
      }),
    )
    console.info(`${rows.toLocaleString('en')} rows of 8 columns; ${await floor}`)
    const formats = Object.keys(rowFormats).filter(name => name !== 'json')
    const address = (name: string): string => `${url}/api/v1/views/climate/rows.${name}`
    for (const name of formats) for await (const _ of await asked(`${address(name)}?limit=20000`));
    for (const name of formats) {
      await once(child, 'message')
      const before = rss
      const cpuBefore = cpu
      most = 0
      heldMs = 0
      const began = performance.now()
      let bytes = 0
      for await (const part of await asked(address(name))) bytes += (part as Buffer).length
      const seconds = (performance.now() - began) / 1000
      await once(child, 'message')
      await once(child, 'message')
      const whole = most - before
      const held = heldMs
      const core = cpu - cpuBefore
      most = 0
      const slow = await asked(address(name))
      slow.once('readable', () => slow.read(1))
      await new Promise(resolve => setTimeout(resolve, slowMs))
      slow.destroy()
      console.info(
        `${name.padEnd(6)} ${Math.round(rows / core / 1000)} k rows and ${mib(bytes / core)} a second of a core, ${seconds.toFixed(1)} s for ${mib(bytes)}; memory ${mib(before)}, +${mib(whole)} while it streams, turns of at most ${held.toFixed(0)} ms, +${mib(Math.max(0, most - before))} while a reader stands still`,
      )
    }
  } finally {
    child.kill()
  }
}

if (process.argv[2] === 'serve') await serve(Number(process.argv[3]))
else await measure(Number(process.argv[2] ?? 200_000))
