/**
 * Messages of 114 bytes of JSON through a broker, one sender and one receiver, each in a process of its own: the embedded
 * node, and Artemis where it is present; messages in memory, and durable ones on the disk. Messages per second of the broker's processor time (Linux: also of Artemis).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startNode } from '../src/broker/index.js'
import { systemDisk } from '../src/runtime/seams/system-disk.js'
import { systemRandom } from '../src/runtime/seams/system-random.js'
import { systemTime } from '../src/runtime/seams/system-time.js'
import { startArtemis } from '../test/peers/artemis.js'
import { artemisAvailable } from '../test/peers/available.js'
import { silentLog } from '../test/support/silent-log.js'
import { receive, send } from './broker-load.js'

const [role, ...rest] = process.argv.slice(2)
if (role === 'send') send(rest[0]!, rest[1]!, rest[2] === 'durable')
else if (role === 'receive') receive(rest[0]!, rest[1]!, Number(rest[2]))
else await compare(Number(role) || 500_000)

function child(...args: string[]): ChildProcess {
  return spawn(process.execPath, [process.argv[1]!, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Processor seconds of a process, from /proc; ticks are hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

type Kind = 'memory' | 'durable'

async function measure(name: string, url: string, kind: Kind, messages: number, cpu: (() => number) | undefined): Promise<void> {
  const receiver = child('receive', url, kind, String(messages))
  const sender = child('send', url, kind, kind)
  try {
    const lines = createInterface({ input: receiver.stdout! })[Symbol.asyncIterator]()
    await lines.next()
    const before = cpu?.() ?? 0
    const seconds = Number((await lines.next()).value)
    const used = (cpu?.() ?? 0) - before
    const perCore = cpu ? `${(messages / used / 1e3).toFixed(0).padStart(5)} k/s per core` : ''
    process.stdout.write(`${name.padEnd(24)} ${(messages / seconds / 1e3).toFixed(0).padStart(5)} k/s   ${perCore}\n`)
  } finally {
    receiver.kill()
    sender.kill()
  }
}

/** Both kinds, the durable one with fewer messages: a disk is slower than memory. */
async function both(name: string, url: string, messages: number, cpu: (() => number) | undefined): Promise<void> {
  await measure(`${name}, memory`, url, 'memory', messages, cpu)
  await measure(`${name}, durable`, url, 'durable', Math.ceil(messages / 4), cpu)
}

async function compare(messages: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  const data = { disk: systemDisk, folder }
  const node = await startNode({ time: systemTime, random: systemRandom, log: silentLog, data })
  await both('embedded node', node.url, messages, () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  await node.close()
  await rm(folder, { recursive: true, force: true })
  const available = artemisAvailable()
  if (!available.present) {
    process.stdout.write(`Artemis: ${available.reason}\n`)
    return
  }
  const artemis = await startArtemis()
  try {
    const counted = existsSync('/proc/self/stat') && artemis.pid !== undefined
    await both('Artemis', artemis.url, messages, counted ? () => processorSeconds(artemis.pid!) : undefined)
  } finally {
    await artemis.stop()
  }
}
