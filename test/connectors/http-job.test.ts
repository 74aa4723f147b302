import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startNode } from '../../src/broker/index.js'
import { type Command, finished, millrace, root } from '../cli/command.js'
import { jsonMessage, sendAll } from '../cli/sender.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { HttpPeer } from './http-peer.js'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const job = join(root, 'test/connectors/posted.job.ts')
const token = 'canary-61b0'
const kills = 3
const perLife = 300
/** Four rooms, a reading every 25 ms of data. */
const reading = (n: number) => jsonMessage({ room: `r${n % 4}`, n, at: 1_700_000_000_000 + n * 25 }, `id-${n}`)
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const sorted = (values: readonly unknown[]): number[] => values.map(Number).sort((a, b) => a - b)

/** What a life is to be killed by: the peer holds an answer back for it. */
interface Trap {
  readonly sprung: Promise<void>
  readonly release: () => void
}

test(`every result arrives once at a peer that keeps ids, over ${kills} kill −9`, async () => {
  const { time, random, log } = connectorContext()
  const node = await startNode({ port: 0, time, random, log })
  open.push(node)
  let trap: (Trap & { readonly spring: () => void; readonly held: Promise<void> }) | undefined
  const set = (): Trap => {
    let spring = (): void => undefined
    let release = (): void => undefined
    const sprung = new Promise<void>(resolve => {
      spring = resolve
    })
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    trap = { sprung, spring, held, release }
    return trap
  }
  /** The rows are kept, and their answer comes only when the job that waits for it is dead. */
  const reply = () => {
    if (!trap) return undefined
    trap.spring()
    return { after: trap.held }
  }
  const authorization = `Bearer ${token}`
  const rows = await HttpPeer.start({ keeps: { field: 'id' }, authorization, reply: (_, n) => (n % 3 === 2 ? reply() : undefined) })
  const windows = await HttpPeer.start({ keeps: 'header', authorization, reply: (_, n) => (n % 5 === 4 ? reply() : undefined) })
  open.push(rows, windows)
  const data = await mkdtemp(join(tmpdir(), 'millrace-http-'))
  open.push({ close: () => rm(data, { recursive: true, force: true }) })
  const env = { MILLRACE_AMQP_URL: node.url, ROWS: rows.url, WINDOWS: windows.url, TOKEN: token }
  const start = (): Command => {
    const command = millrace(['run', job, '--http', '127.0.0.1:0', '--data', data], { env })
    open.push({
      close: async () => {
        command.process.kill('SIGKILL')
        await command.done
      },
    })
    return command
  }

  for (let life = 0; life < kills; life++) {
    const command = start()
    const { sprung, release } = set()
    // Not all may be accepted in this life.
    const sent = sendAll(
      node.url,
      'readings',
      numbers(perLife).map(n => reading(life * perLife + n)),
    )
    await sprung
    command.process.kill('SIGKILL')
    const { stderr } = await command.done
    trap = undefined
    release()
    await sent
    expect(stderr).not.toContain(token)
  }
  const last = start()
  const page = (await last.said(/page +(http:\S+)/))[1]!
  const total = kills * perLife
  // Later than all, so that every window closes.
  await sendAll(node.url, 'readings', [jsonMessage({ room: 'end', n: total, at: 1_700_000_100_000 }, 'end')])
  await until('all rows', () => rows.rows.length > total, 60_000)
  const closed = numbers(total).reduce((seen, n) => seen.add(`r${n % 4}/${Math.floor((n * 25) / 1_000)}`), new Set<string>()).size
  await until('all windows', () => windows.rows.length >= closed)

  expect(sorted(rows.rows.map(({ n }) => n))).toEqual(numbers(total + 1))
  expect(windows.rows).toHaveLength(closed)
  expect(sorted(windows.rows.flatMap(({ all }) => all as unknown[]))).toEqual(numbers(total))
  // The answers that died with a process made some come again, or the test would prove nothing.
  expect(rows.repeats + windows.repeats).toBeGreaterThanOrEqual(kills)
  const [summary] = (await (await fetch(`${page}/api/v1/jobs`)).json()) as [
    { readonly guarantee: { readonly level: string; readonly why: string[] } },
  ]
  expect(summary.guarantee.level).toBe('exactly-once')
  expect(summary.guarantee.why.join('\n')).toContain("the peer of 'rows' drops a result that it has, by its id")
  last.process.kill('SIGTERM')
  expect((await last.done).code).toBe(0)
}, 180_000)

test('validate asks the peer, and explain tells the promise', async () => {
  const { time, random, log } = connectorContext()
  const node = await startNode({ port: 0, time, random, log })
  const peer = await HttpPeer.start({ authorization: `Bearer ${token}` })
  open.push(node, peer)
  const env = { MILLRACE_AMQP_URL: node.url, ROWS: peer.url, WINDOWS: peer.url, TOKEN: token }
  const fine = await finished(['validate', job], { env })
  expect(fine.code, fine.stderr).toBe(0)
  expect(fine.stdout + fine.stderr).toContain(`posted/rows: ${peer.url} answers HTTP`)
  const refused = await finished(['validate', job], { env: { ...env, TOKEN: 'another-canary' } })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('MR341')
  await peer.close()
  const away = await finished(['validate', job], { env })
  expect(away.code, away.stderr).toBe(0)
  expect(away.stdout + away.stderr).toContain('MR344')
  for (const { stdout, stderr } of [fine, refused, away]) expect(stdout + stderr).not.toContain('canary')
  const { stdout } = await finished(['explain', job], { env })
  expect(stdout).toMatch(/exactly once/i)
})

test('the job of the guide is one, and what it says of its guarantee holds', async () => {
  const guide = await readFile(join(root, 'docs/guides/http-sink.md'), 'utf8')
  const [, name = '', code = ''] = /^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/m.exec(guide)!
  const folder = await mkdtemp(join(tmpdir(), 'millrace-guide-'))
  open.push({ close: () => rm(folder, { recursive: true, force: true }) })
  await writeFile(join(folder, name), code)
  const { code: status, stdout, stderr } = await finished(['explain', name], { cwd: folder, env: { ALERTS_TOKEN: token } })
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/exactly once/)
  expect(stdout).not.toContain(token)
})

test('rows that the peer refuses are dead letters with their values; the others arrive, and the job goes on', async () => {
  const { time, random, log } = connectorContext()
  const node = await startNode({ port: 0, time, random, log })
  const rows = await HttpPeer.start({ reply: ({ body }) => (/"n":(3|11)\b/.test(body) ? { status: 422, text: 'unlucky' } : undefined) })
  const windows = await HttpPeer.start()
  const data = await mkdtemp(join(tmpdir(), 'millrace-http-'))
  open.push(node, rows, windows, { close: () => rm(data, { recursive: true, force: true }) })
  const env = { MILLRACE_AMQP_URL: node.url, ROWS: rows.url, WINDOWS: windows.url, TOKEN: token }
  const command = millrace(['run', job, '--http', '127.0.0.1:0', '--data', data], { env })
  open.push({
    close: async () => {
      command.process.kill('SIGKILL')
      await command.done
    },
  })
  const page = (await command.said(/page +(http:\S+)/))[1]!
  await sendAll(node.url, 'readings', numbers(20).map(reading))
  await until('the others', () => rows.rows.length === 18)
  const letters = await until('a letter', async () => {
    const found = (await (await fetch(`${page}/api/v1/dead-letters.json`)).json()) as readonly {
      readonly code: string
      readonly source: string
    }[]
    return found.length > 0 && found
  })
  expect(new Set(letters.map(({ code, source }) => `${source} ${code}`))).toEqual(new Set(['rows MR342']))
  const told = await until('both rows are on the disk', async () => {
    const lines = (await readFile(join(data, 'dead-letters.ndjson'), 'utf8')).trimEnd().split('\n')
    const bytes = lines.map(line => Buffer.from((JSON.parse(line) as { readonly bytes: string }).bytes, 'base64').toString())
    const kept = bytes.flatMap(text => (JSON.parse(text) as { readonly rows: readonly { readonly n: number }[] }).rows)
    return kept.length >= 2 && kept
  })
  expect(sorted(told.map(({ n }) => n))).toEqual([3, 11])
  expect(sorted(rows.rows.map(({ n }) => n))).toEqual(numbers(20).filter(n => n !== 3 && n !== 11))
})
