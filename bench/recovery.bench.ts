/**
 * How long a job with a million open windows takes from `kill -9` to work again: `millrace run` is started, fed, killed
 * and started again on the same data folder. `npm run bench -- recovery [KEYS] [ROUNDS]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { JobSummary } from '../src/model/api.js'
import { sendKeys } from './keys-sender.js'
import { startedProcess } from './started-process.js'

const main = resolve('dist/src/cli/main.js')
const [first, second, third] = process.argv.slice(2)

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))
const jobAt = async (page: string): Promise<JobSummary> => ((await (await fetch(`${page}/api/v1/jobs`)).json()) as JobSummary[])[0]!

async function readyAt(page: string): Promise<void> {
  while (!(await fetch(`${page}/readyz`)).ok) await pause(5)
}

async function measure(keys: number, rounds: number): Promise<void> {
  const broker = await startedProcess([main, 'broker', '--listen', '127.0.0.1:0'], /AMQP node\s+(amqp\S+)/)
  const data = await mkdtemp(join(process.env['MILLRACE_BENCH_DATA'] ?? tmpdir(), 'millrace-recovery-'))
  const run = [main, 'run', 'bench/recovery.job.ts', '--http', '127.0.0.1:0', '--data', data]
  const start = () => startedProcess(run, /page\s+(http\S+?)\/?$/, { MILLRACE_AMQP_URL: broker.found })
  try {
    let job = await start()
    const sender = spawn(process.execPath, [process.argv[1]!, 'send', broker.found, String(keys)], { stdio: 'inherit' })
    if ((await once(sender, 'exit'))[0] !== 0) throw new Error('the sender failed')
    while ((await jobAt(job.found)).counts.counted < keys) await pause(20)
    for (let round = 0; round < rounds; round++) {
      await job.end('SIGKILL')
      const began = performance.now()
      job = await start()
      const served = performance.now()
      await readyAt(job.found)
      const ready = performance.now()
      const { counted } = (await jobAt(job.found)).counts
      if (counted !== keys) throw new Error(`${counted} readings are counted, and there were ${keys}`)
      const seconds = (from: number, to: number): string => `${((to - from) / 1_000).toFixed(2)} s`
      process.stdout.write(`${job.lines.find(line => line.includes('recovered')) ?? ''}\n`)
      process.stdout.write(`${keys} keys: the page answers after ${seconds(began, served)}, all is ready after ${seconds(began, ready)}\n`)
    }
    await job.end('SIGKILL')
  } finally {
    await broker.end()
    await rm(data, { recursive: true })
  }
}

if (first === 'send') await sendKeys(second!, Number(third))
else await measure(Number(first ?? 1_000_000) || 1_000_000, Number(second ?? 3) || 3)
