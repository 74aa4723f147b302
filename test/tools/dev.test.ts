import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { JobSummary } from '../../src/model/api.js'
import { type Command, finished, main, millrace, started } from '../cli/command.js'
import { hasChromium, launch, visit } from '../page/browser.js'
import { until } from '../support/until.js'

type Row = Readonly<Record<string, unknown>>

let folder: string
let dev: Command
let url: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-dev-'))
  const made = await finished(['init', join(folder, 'plant'), '--source', 'file'])
  expect(made.code, made.stderr).toBe(0)
  folder = join(folder, 'plant')
  writeFileSync(join(folder, 'data', 'readings.csv'), 'room,celsius,at\n')
  measure('kitchen', 20, '08:00:10')
})
afterEach(async () => {
  dev.process.kill('SIGTERM')
  await dev.done
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const measure = (room: string, celsius: number, time: string): void =>
  appendFileSync(join(folder, 'data', 'readings.csv'), `${room},${celsius},2026-01-05T${time}Z\n`)

/** One save with some changes. */
function edit(file: string, ...changes: readonly (readonly [from: string, to: string])[]): void {
  let text = readFileSync(join(folder, file), 'utf8')
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  writeFileSync(join(folder, file), text)
}

async function start(): Promise<void> {
  dev = millrace(['dev', 'plant.job.ts', '--http', '127.0.0.1:0', '--no-types'], { cwd: folder, stdin: 'pipe' })
  url = (await dev.said(/page +(http:\S+)/))[1]!
  await dev.said(/watching/)
}

const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}/api/v1/${path}`)).json()) as T
const received = (count: number): Promise<boolean> =>
  until(`${count} rows`, async () => (await get<readonly JobSummary[]>('jobs'))[0]?.counts.received === count)
const finals = (count: number): Promise<readonly Row[]> =>
  until(`${count} windows`, async () => {
    const rows = await get<readonly Row[]>('views/climate/rows.json?final=true')
    return rows.length === count ? rows : undefined
  })
const reloads = (count: number): Promise<boolean> =>
  until(`${count} reloads`, () => dev.stderr().split(/reloaded in \d+ ms/).length === count + 1)

it('goes on within the open window with each save; a broken one, and one that would lose state, leave the job alone', async () => {
  await start()
  await received(1)
  edit('plant.job.ts', ['between(-40', 'between(-41'])
  await reloads(1)
  measure('kitchen', 22, '08:00:20')
  await received(2)

  edit('plant.job.ts', ['where(', 'where(('])
  await dev.said(/MR402[\s\S]*plant\.job\.ts:17[\s\S]*the former text runs on/)
  edit('plant.job.ts', ['where((', 'where('])
  await dev.said(/as it runs already/)

  edit('plant.job.ts', ["tumbling('1m')", "tumbling('5m')"])
  await dev.said(/MR421[\s\S]*`climate`: window was tumbling 1m, and is tumbling 5m[\s\S]*drop[\s\S]*the former text runs on/)
  measure('kitchen', 24, '08:00:30')
  measure('office', 21, '08:02:00')
  await received(4)
  // The rows of before and after the reload are in one window of a minute.
  expect(await finals(1)).toMatchObject([{ room: 'kitchen', mean: 22, low: 20, peak: 24, n: 3 }])
})

it('gives state up each time it is told to, with the text as it is by then', async () => {
  await start()
  await received(1)
  edit('plant.job.ts', ["tumbling('1m')", "tumbling('5m')"])
  await dev.said(/the former text runs on/)
  edit('plant.job.ts', ["tumbling('5m')", "tumbling('1m')"])
  await dev.said(/as it runs already/)

  writeFileSync(join(folder, 'sizes.ts'), "export const size = '2m'\n")
  const door = "from 'millrace/file'"
  edit('plant.job.ts', [door, `${door}\nimport { size } from './sizes.js'`], ["tumbling('1m')", 'tumbling(size)'])
  await dev.said(/is tumbling 2m[\s\S]*the former text runs on/)
  writeFileSync(join(folder, 'sizes.ts'), "export const size = '3m'\n")
  await dev.said(/is tumbling 3m[\s\S]*the former text runs on/)
  dev.process.stdin!.write('drop\n')
  await reloads(1)
  measure('kitchen', 22, '08:00:20')
  measure('kitchen', 24, '08:04:00')
  await received(3)
  expect(await finals(1)).toMatchObject([{ n: 1, window_start: '2026-01-05T08:00:00.000Z', window_end: '2026-01-05T08:03:00.000Z' }])
})

it('follows files that the job imports, whole ones that come with an edit, and saves by renaming', async () => {
  await start()
  await received(1)
  writeFileSync(join(folder, 'limits.ts'), 'export const lowest = -40\n')
  const door = "from 'millrace/file'"
  edit('plant.job.ts', [door, `${door}\nimport { lowest } from './limits.js'`], ['between(-40', 'between(lowest'])
  await reloads(1)
  writeFileSync(join(folder, '.limits.swp'), 'export const lowest = 21\n')
  renameSync(join(folder, '.limits.swp'), join(folder, 'limits.ts'))
  await reloads(2)
  measure('kitchen', 20.5, '08:00:20')
  measure('kitchen', 22, '08:02:00')
  await received(3)
  expect(await finals(1)).toMatchObject([{ mean: 20, n: 1 }])

  rmSync(join(folder, 'limits.ts'))
  await dev.said(/MR405[\s\S]*the former text runs on/)
  writeFileSync(join(folder, 'limits.ts'), 'export const lowest = -50\n')
  await reloads(3)
})

it('takes an edited dashboard to page and alerts without starting the job anew, and says once what is wrong with one', async () => {
  await start()
  await received(1)
  const file = 'dashboards/plant.json'
  edit(file, ['"above": 28', '"above": 15'])
  await dev.said(/dashboards\/plant\.json changed\n✓ dashboards fits; the page shows it/)
  expect(JSON.stringify(await get('dashboards/plant.json'))).toContain('"above":15')

  edit(file, ['climate.mean", "by"', 'climate.meen", "by"'])
  await dev.said(/MR533 {2}panels\[1\]\.multiples: "meen"[\s\S]*dashboards\/plant\.json:13:\d+[\s\S]*did you mean "mean"/)
  edit(file, ['climate.meen', 'climate.mean'])
  await dev.said(/MR533[\s\S]*fits; the page shows it/)

  const definitions = join(folder, 'dashboards')
  cpSync(definitions, join(folder, 'kept'), { recursive: true })
  rmSync(definitions, { recursive: true })
  await until('the dashboard is gone', async () => !(await get<readonly string[]>('dashboards')).includes('plant'))
  const before = dev.stderr().length
  mkdirSync(definitions)
  cpSync(join(folder, 'kept'), definitions, { recursive: true })
  await until('the dashboard is back', async () => (await get<readonly string[]>('dashboards')).includes('plant'))
  await until('it is told', () => dev.stderr().slice(before).includes('fits; the page shows it'))
  expect(dev.stderr().split('MR533  ').length, dev.stderr()).toBe(2)
  expect(dev.stderr()).not.toMatch(/goes on in|reloaded/)
})

it.skipIf(!hasChromium)('shows an edited dashboard on the open page, which is not loaded again', async () => {
  await start()
  await received(1)
  const browser = await launch()
  try {
    const { page, faults } = await visit(browser, url)
    await page.getByText('Temperature', { exact: true }).first().waitFor()
    let loads = 0
    page.on('load', () => loads++)
    edit('dashboards/plant.json', ['"title": "Temperature"', '"title": "Warmth"'])
    await page.getByText('Warmth', { exact: true }).first().waitFor()
    expect(loads).toBe(0)
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})

it.runIf(process.platform === 'linux')('says what it cannot write, and how to go on, in a folder that is read only', async () => {
  chmodSync(folder, 0o555)
  // Nobody forbids root anything, unless it gives up the right to that.
  const mortal = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []
  const line = [...mortal, process.execPath, main]
  dev = started([...line, 'dev', 'plant.job.ts', '--http', '127.0.0.1:0', '--no-types'], { cwd: folder })
  await dev.said(/MR42\d[\s\S]*\.millrace[\s\S]*try:[\s\S]*--data DIR[\s\S]*waiting for a change/)
  const [valid, missing] = await Promise.all([
    started([...line, 'validate', 'plant.job.ts'], { cwd: folder }).done,
    started([...line, 'dev', 'plan.job.ts'], { cwd: folder }).done,
  ])
  expect(valid.code, valid.stderr).toBe(0)
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/MR401 {2}there is no job file plan\.job\.ts/) })
  chmodSync(folder, 0o755)
})

it('says nothing of a type check that Ctrl-C ends with it', async () => {
  dev = started(['setsid', process.execPath, main, 'dev', 'plant.job.ts', '--no-http'], { cwd: folder })
  await dev.said(/watching/)
  process.kill(-dev.process.pid!, 'SIGINT')
  const { code, stderr } = await dev.done
  expect(code, stderr).toBe(0)
  expect(stderr).not.toMatch(/types|MR609/)
})
