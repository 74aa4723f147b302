import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { JobSummary, LiveRow, ViewInfo } from '../../src/model/api.js'
import { type Command, millrace } from '../cli/command.js'
import { reading, writeJob } from '../cli/lived-job.js'
import { sendAll } from '../cli/sender.js'
import { StartedDemo } from '../demo/started-demo.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'
import { LivePage } from './live-page.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-restart-'))
const pages: LivePage[] = []
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const page of pages.splice(0)) page.leave()
  for (const close of closers.splice(0)) await close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const roomNames = ['hall', 'loft', 'cellar']
const perBatch = 60
/** The minute that is open at the end: the last reading is of 12:00, and rows wait for 90 s for earlier ones. */
const lastClosed = 10

/** Readings of a batch: a minute and a half of three rooms. */
const batch = (number: number) =>
  Array.from({ length: perBatch }, (_, i) => {
    const seconds = number * 90 + i * 1.5
    return { id: `${number}-${i}`, seconds, celsius: (number * 7 + i * 3) % 40, room: roomNames[i % 3]! }
  })

/** What each room and minute comes to, by a plain map. */
function windowsOf(readings: ReturnType<typeof batch>): ReadonlyMap<string, { peak: number; n: number }> {
  const windows = new Map<string, { peak: number; n: number }>()
  for (const { room, seconds, celsius } of readings) {
    const key = `${room}/${Math.floor(seconds / 60)}`
    const { peak, n } = windows.get(key) ?? { peak: Number.NEGATIVE_INFINITY, n: 0 }
    windows.set(key, { peak: Math.max(peak, celsius), n: n + 1 })
  }
  return windows
}

describe('a live page', () => {
  it('holds every row once over three kills of the process', { timeout: 120_000 }, async () => {
    const job = writeJob(join(folder, 'jobs'))
    // What is sent again after a kill comes behind what was sent after it.
    writeFileSync(job, readFileSync(job, 'utf8').replace("outOfOrderness: '1s'", "outOfOrderness: '90s'"))
    const args = ['run', job, '--data', join(folder, 'data')]
    // Ports that nobody else is given while the process is away.
    const [httpPort, amqpPort] = [await freePort(), await freePort()]
    let command: Command
    let url = ''
    let node = ''
    const begin = async (): Promise<void> => {
      command = millrace([...args, '--http', `127.0.0.1:${httpPort}`, '--amqp', `127.0.0.1:${amqpPort}`])
      node = (await command.said(/AMQP node +(amqp:\S+)/))[1]!
      url = (await command.said(/page +(http:\S+)/))[1]!
    }
    await begin()
    closers.push(() => command.process.kill('SIGKILL') && command.done)
    const key = (row: LiveRow): string => `${row[0]}/${row[3]}`
    const page = new LivePage(`${url}/api/v1/live?views=climate`, key)
    pages.push(page)
    // Who has been told nothing yet has no place, and is not told either that what happened since is lost.
    await until('the page is there', () => page.heard.includes('snapshot'))

    const given: ReturnType<typeof batch> = []
    for (let number = 0; number < 8; number++) {
      const readings = batch(number)
      given.push(...readings)
      // Durable: others may die with the node that has accepted them, before the job's journal holds them.
      const messages = readings.map(({ id, seconds, celsius, room }) => ({ ...reading(id, seconds, celsius, room), durable: true }))
      const sending = sendAll(node, 'telemetry', messages)
      if (number % 2 === 1 && number < 7) {
        // At once: what was not acknowledged is sent again, and what was already taken in is recognised by its id.
        sending.catch(() => {})
        await new Promise(resolve => setTimeout(resolve, number * 5))
        command!.process.kill('SIGKILL')
        await command!.done
        await begin()
        await until(`batch ${number} again`, async () => (await sendAll(node, 'telemetry', messages)).length === perBatch)
        // Another run of the server answers, which says so.
        await until('the page is back', () => page.heard.filter(kind => kind === 'reset').length === (number + 1) / 2)
      } else await sending
      await until(`batch ${number} counted`, async () => {
        const [summary] = (await (await fetch(`${url}/api/v1/jobs`)).json()) as JobSummary[]
        return summary!.counts.counted >= given.length
      })
    }
    const closed = [...windowsOf(given)].filter(([name]) => Number(name.split('/')[1]) < lastClosed)
    const held = () => [...page.rows.values()].filter(row => row[5] === true)
    await until('all windows on the page', () => held().length >= closed.length)
    expect(
      new Map(held().map(row => [`${row[0]}/${(Number(row[3]) - Date.UTC(2024, 0, 1)) / 60_000}`, { peak: row[1], n: row[2] }])),
    ).toEqual(new Map(closed))
    const rows = (await (await fetch(`${url}/api/v1/views/climate/rows.json`)).json()) as Readonly<Record<string, unknown>>[]
    expect(held().length).toBe(rows.filter(row => row['final']).length)
  })

  /** `MILLRACE_AWAY_SECONDS=60` is the disconnect that is promised. */
  it('comes back from a disconnect in the demo to what it missed, and to nothing twice', { timeout: 150_000 }, async () => {
    const demo = await StartedDemo.start()
    closers.push(async () => {
      await demo.end()
      await demo.remove()
    })
    const names = (await demo.get<ViewInfo>('/views/climate')).columns.map(({ name }) => name)
    const key = (row: LiveRow): string => ['mote', 'window_start'].map(name => row[names.indexOf(name)]).join('/')
    const page = new LivePage(`${demo.url}/api/v1/live?views=climate&rows=50000`, key)
    pages.push(page)
    const rows = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => demo.rows('climate')
    await until('some rows', async () => (await rows()).length > 20)
    page.leave()
    page.heard.length = 0
    const before = (await rows()).length
    await new Promise(resolve => setTimeout(resolve, Number(process.env['MILLRACE_AWAY_SECONDS'] ?? 4) * 1_000))
    page.comeBack()
    // What it missed while it was away; on a machine that is busy with others the demo may have stood still meanwhile.
    const after = await until('more rows', async () => {
      const found = await rows()
      return found.length > before && found
    })
    const closed = new Map(after.map(row => [`${row['mote']}/${Date.parse(String(row['window_start']))}`, row['mean']]))
    const held = () => new Map([...page.rows].filter(([name]) => closed.has(name)).map(([name, row]) => [name, row[names.indexOf('mean')]]))
    // Late rows may revise a window between two questions; until it stands still both say the same.
    await until('every closed row on the page', async () => {
      for (const row of await rows()) {
        const name = `${row['mote']}/${Date.parse(String(row['window_start']))}`
        if (closed.has(name)) closed.set(name, row['mean'])
      }
      return isDeepStrictEqual(held(), closed)
    })
    expect(page.heard).not.toContain('reset')
  })
})
