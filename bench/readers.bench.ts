/**
 * Live readers of one view, ten events a second, a tenth of them standing still: what the others wait for an event, and
 * what the server uses. `node bench/run.js readers [READERS] [SECONDS]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from '../src/http/create-server.js'
import { climateOutputs, fixtureHost } from '../src/http/server-fixture.js'
import { systemTime } from '../src/runtime/seams/system-time.js'
import { type EventReader, eventReader } from '../test/http/event-reader.js'
import { silentLog } from '../test/support/silent-log.js'

const clock = (): number => performance.timeOrigin + performance.now()
const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`)
const history = Array.from({ length: 30_000 }, (_, i) => ({ room: `${i}`.padEnd(150, '-'), mean: 0, minute: 0 }))

interface Usage {
  readonly cpu: NodeJS.CpuUsage
  readonly rss: number
}

/** The server, in a process of its own: tells its address, then what it uses. */
async function serve(): Promise<void> {
  const host = fixtureHost(systemTime)
  const climate = host.openClimate('rooms')
  climate.apply(climateOutputs(history))
  const bind = { host: '127.0.0.1', port: 0, portNamed: false }
  const server = await createServer({ host, bind, version: '0', time: systemTime, log: silentLog })
  let revision = 0
  setInterval(() => climate.apply(climateOutputs(rooms.map(room => ({ room, mean: clock(), minute: 1, revision: revision++ })))), 100)
  setInterval(() => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() } satisfies Usage), 250)
  process.send?.(server.url)
}

async function measure(count: number, seconds: number): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1]!, 'serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [url] = (await once(child, 'message')) as [string]
  const usage: Usage[] = []
  child.on('message', message => usage.push(message as Usage))
  const deaf = Math.round(count / 10)
  const readers: EventReader[] = []
  const delays: number[] = []
  const heard = new Map<number, number>()
  let missed = 0
  try {
    for (let i = 0; i < count; i++) {
      const still = i < deaf
      const reader = await eventReader(`${url}/api/v1/live?rows=${still ? 30_000 : 1}`, ({ event, data }) => {
        if (still || event !== 'upsert') return
        const row = (JSON.parse(data) as { rows: [string, number, number, number, boolean, number][] }).rows[0]!
        const before = heard.get(i)
        if (before !== undefined && row[5] !== before + rooms.length) missed++
        heard.set(i, row[5])
        delays.push(clock() - row[1])
      })
      if (still) reader.stall()
      readers.push(reader)
    }
    await once(child, 'message')
    const [first] = usage.slice(-1)
    delays.length = 0
    await new Promise(resolve => setTimeout(resolve, seconds * 1000))
    const last = usage.at(-1)!
    const text = await (await fetch(`${url}/metrics`)).text()
    const cpu = (last.cpu.user + last.cpu.system - first!.cpu.user - first!.cpu.system) / 1e6 / seconds
    delays.sort((a, b) => a - b)
    const at = (part: number): string => `${delays[Math.min(delays.length - 1, Math.floor(delays.length * part))]!.toFixed(1)} ms`
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
    console.info(`${count} readers, ${deaf} standing still, ${seconds} s: ${delays.length.toLocaleString('en')} events`)
    console.info(`from change to reader: p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}; merged or missed ${missed}`)
    console.info(
      `server: ${(cpu * 100).toFixed(0)} % of a core, ${mib(first!.rss)} → ${mib(last.rss)}, at most ${mib(Math.max(...usage.map(({ rss }) => rss)))}`,
    )
    console.info([...text.matchAll(/^millrace_live\w* \d+$/gm)].join('\n'))
  } finally {
    for (const reader of readers) reader.leave()
    child.kill()
  }
}

if (process.argv[2] === 'serve') await serve()
else await measure(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 40))
