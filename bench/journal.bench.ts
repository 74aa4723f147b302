/**
 * What it costs to make messages durable, on the disk under the temporary folder (or the folder in MILLRACE_BENCH_DATA):
 * messages per second that one journal takes when it is never left waiting, processor time of the main thread and of the
 * process, and the time from an append to its durability at a pace that the disk keeps up with. Then how fast it is read.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultTuning, type Journal } from '../src/journal/journal.js'
import { openJournal } from '../src/journal/open-journal.js'
import { raiseEpoch } from '../src/journal/raise-epoch.js'
import type { Chunk } from '../src/model/chunk.js'
import { systemDisk } from '../src/runtime/seams/system-disk.js'
import { systemTime } from '../src/runtime/seams/system-time.js'

const messages = Number(process.argv[2] ?? 2_000_000)
const messageBytes = 160
const pacedChunks = 1_000

function chunkOf(length: number): Chunk {
  const starts = Int32Array.from({ length }, (_, i) => i * messageBytes)
  const ends = starts.map(start => start + messageBytes)
  const bytes = new Uint8Array(length * messageBytes).map((_, i) => (i * 31) & 255)
  return { encoding: 'amqp', partition: 0, bytes, starts, ends, length, receipt: 1 }
}

const clock = { wall: 1_700_000_000_000, stream: 1, partition: 1 }
const wake: { call: () => void } = { call: () => {} }
const durableOrTurn = (): Promise<void> =>
  new Promise(resolve => {
    wake.call = resolve
  })

const append = (journal: Journal, chunk: Chunk): void =>
  journal.append({ kind: 'chunk', entry: journal.last + 1, source: 'readings', clock, chunk })

async function opened(folder: string): Promise<Journal> {
  return openJournal({
    disk: systemDisk,
    folder: join(folder, 'journal'),
    job: 'bench',
    fence: await raiseEpoch(systemDisk, folder, () => {}),
    tuning: defaultTuning,
    now: systemTime.wall,
    after: systemTime.after,
    log: { info: () => {}, warn: console.error, error: console.error },
    reached: () => {},
    onDurable: () => wake.call(),
    onFailure: error => {
      throw error
    },
  })
}

async function throughput(journal: Journal, chunk: Chunk): Promise<string[]> {
  let appending = 0
  const cpu = process.cpuUsage()
  const began = performance.now()
  const idle = performance.eventLoopUtilization()
  for (let i = 0; i < messages; i += chunk.length) {
    while (journal.full) await durableOrTurn()
    const from = performance.now()
    append(journal, chunk)
    appending += performance.now() - from
    // A pump's turn: what is written meanwhile is told.
    if (i % (chunk.length * 8) === 0) await new Promise(resolve => setImmediate(resolve))
  }
  await journal.flush()
  const seconds = (performance.now() - began) / 1_000
  const used = process.cpuUsage(cpu)
  const busy = performance.eventLoopUtilization(idle).active / 1_000
  const perMillion = 1e6 / messages
  return [
    `${(messages / seconds / 1e6).toFixed(2)} M msg/s`,
    `append ${((appending / 1_000) * perMillion).toFixed(3)} s`,
    `main thread ${(busy * perMillion).toFixed(3)} s`,
    `CPU ${(((used.user + used.system) / 1e6) * perMillion).toFixed(3)} s a million`,
  ]
}

/** One chunk appended when the one before is durable, as a source that waits for its credit does it. */
async function latency(journal: Journal, chunk: Chunk): Promise<string[]> {
  const took = new Float64Array(pacedChunks)
  for (let i = 0; i < pacedChunks; i++) {
    const began = performance.now()
    append(journal, chunk)
    while (journal.durable < journal.last) await durableOrTurn()
    took[i] = performance.now() - began
  }
  took.sort()
  const at = (share: number): string => took[Math.floor(share * (took.length - 1))]!.toFixed(2)
  return [`durable after ${at(0.5)} ms p50, ${at(0.99)} p99, ${at(0.999)} p99.9`]
}

async function confirming(folder: string): Promise<string> {
  const fence = await raiseEpoch(systemDisk, folder, () => {})
  const began = performance.now()
  for (let i = 0; i < 2_000; i++) await fence.confirm()
  return `${(((performance.now() - began) * 1_000) / 2_000).toFixed(0)} µs`
}

for (const length of [256, 1_024, 4_096]) {
  const folder = await mkdtemp(join(process.env.MILLRACE_BENCH_DATA ?? tmpdir(), 'millrace-bench-journal-'))
  try {
    const chunk = chunkOf(length)
    const journal = await opened(folder)
    const fast = await throughput(journal, chunk)
    const quick = await latency(journal, chunk)
    await journal.close()
    const opening = performance.now()
    const again = await opened(folder)
    const openMs = performance.now() - opening
    const reading = performance.now()
    let read = 0
    for await (const item of again.read(0)) if (item.kind === 'chunk') read += item.chunk.length
    const readSeconds = (performance.now() - reading) / 1_000
    await again.close()
    console.log(`chunks of ${length}: ${[...fast, ...quick].join(', ')}`)
    console.log(
      `  opened in ${openMs.toFixed(0)} ms, read at ${(read / readSeconds / 1e6).toFixed(1)} M msg/s; epoch confirmed in ${await confirming(folder)}`,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
