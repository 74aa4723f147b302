import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordingLog } from '../../test/support/recording-log.js'
import { until } from '../../test/support/until.js'
import { mostTracks } from '../alerts/track-table.js'
import type { Alert } from '../model/alert.js'
import { type VirtualTime, virtualTime } from '../runtime/seams/virtual-time.js'
import type { View } from '../views/view.js'
import { mostLiveAlerts } from './alert-notice.js'
import { createServer, type Server } from './create-server.js'
import { liveReader } from './live-reader-fixture.js'
import { type ClimateRow, climateOutputs, fixtureHost, start } from './server-fixture.js'

let folder: string
let time: VirtualTime
let climate: View
let server: Server
let log: ReturnType<typeof recordingLog>

const definition = (panels: readonly object[]): string => JSON.stringify({ title: 'Rooms', panels })
const hot = { line: 'climate.mean', thresholds: [{ above: 28, level: 'warning', label: 'warm' }] }
const save = (name: string, text: string): Promise<void> => writeFile(join(folder, 'own', `${name}.json`), text)

const serve = async (host = fixtureHost(time)): Promise<void> => {
  climate = host.openClimate('rooms')
  const pageDir = join(folder, 'page')
  const dashboards = join(folder, 'own')
  server = await createServer({
    host,
    pageDir,
    dashboards,
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time,
    log,
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-alerts-'))
  await mkdir(join(folder, 'own'))
  await mkdir(join(folder, 'page', 'dashboards'), { recursive: true })
  time = virtualTime(start)
  log = recordingLog()
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}/api/v1/${path}`, init)
const json = async (path: string): Promise<unknown> => (await get(path)).json()
const alerts = async (query = ''): Promise<Alert[]> => (await json(`alerts${query}`)) as Alert[]
const put = (...rows: readonly ClimateRow[]) => climate.apply(climateOutputs(rows))
const lines = () => log.lines.map(({ level, message, fields }) => `${level} ${fields['code'] ?? ''} ${message}`)
/** Files are read by the real system, however busy it is: looks until it is so. */
const looked = (done: () => boolean | Promise<boolean>): Promise<boolean> =>
  until('the watch has looked', async () => {
    await time.advance(500)
    return done()
  })

describe('alerts over HTTP', () => {
  it('are told, filtered and acknowledged', async () => {
    await save('rooms', definition([hot]))
    await serve()
    expect(await alerts()).toEqual([])
    put({ room: 'a', mean: 29, minute: 0 }, { room: '<script>', mean: 30, minute: 1 }, { room: 'b', mean: 30, minute: 0 })
    put({ room: 'b', mean: 20, minute: 1 })
    const found = await alerts()
    expect(found.map(({ key, state }) => `${key['room']} ${state}`)).toEqual(['<script> firing', 'a firing', 'b resolved'])
    expect(found[1]).toMatchObject({ job: 'rooms', label: 'warm', level: 'warning', sentence: 'room a: 29 °C, above 28 °C since 12:01' })
    expect(await alerts('?state=resolved&job=rooms')).toHaveLength(1)
    expect(await alerts('?job=other')).toEqual([])
    const page = await get('alerts?limit=1')
    expect([page.headers.get('millrace-more'), await page.json()]).toEqual(['true', [found[0]]])
    expect(await json('alerts?state=burning')).toMatchObject({ code: 'MR507', hint: 'the states are firing, pending, resolved' })
    expect(await json('alerts?stat=firing')).toMatchObject({ code: 'MR506' })

    const path = `alerts/${found[1]!.id}/acknowledge`
    expect(await (await get(path, { method: 'POST' })).json()).toMatchObject({ code: 'MR545', status: 403 })
    const act = { method: 'POST', headers: { 'millrace-action': '1' } }
    expect(await (await get(path, act)).json()).toMatchObject({ id: found[1]!.id, acknowledgedAt: start })
    expect((await alerts())[1]).toMatchObject({ acknowledgedAt: start })
    expect(await (await get('alerts/0000/acknowledge', act)).json()).toMatchObject({ code: 'MR510', status: 404 })
  })

  it('reach live readers at first and after each change, and are figures', async () => {
    await save('rooms', definition([hot]))
    await serve()
    const reader = await liveReader(`${server.url}/api/v1/live?views=climate`)
    expect((await reader.next('alerts')).data).toEqual({ type: 'alerts', alerts: [] })
    put({ room: 'a', mean: 29, minute: 0 })
    await time.advance(100)
    expect((await reader.next('alerts')).data).toMatchObject({ alerts: [{ key: { room: 'a' }, state: 'firing' }] })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('# TYPE millrace_alerts gauge\n')
    expect(metrics).toContain('millrace_alerts{state="firing",level="warning"} 1\n')
    expect(metrics).toContain('millrace_alerts{state="resolved",level="critical"} 0\n')
    put(...Array.from({ length: mostLiveAlerts + 9 }, (_, i) => ({ room: `r${i}`, mean: 40, minute: 0 })))
    await time.advance(100)
    const many = await reader.next('alerts')
    expect([(many.data['alerts'] as unknown[]).length, many.data['more']]).toEqual([mostLiveAlerts, 10])
    await reader.close()
  })

  it('are told to the person at the terminal, a storm of them in few lines', async () => {
    await save('rooms', definition([hot]))
    await serve()
    put({ room: 'a', mean: 29, minute: 0 })
    put({ room: 'a', mean: 20, minute: 1 })
    expect(lines()).toEqual([
      'warn  alert: room a: 29 °C, above 28 °C since 12:01',
      'info  alert: room a: above 28 °C from 12:01 to 12:02, up to 29 °C; over',
    ])
    put(...Array.from({ length: 100 }, (_, i) => ({ room: `r${i}`, mean: 40, minute: 2 })))
    await looked(() => log.lines.length > 10)
    expect(log.lines).toHaveLength(11)
    expect(lines().at(-1)).toBe('warn  92 more alerts fired or are over; all are at /api/v1/alerts')
  })

  it('are not evaluated for more keys than there is room for: MR534, said once', async () => {
    await save('rooms', definition([hot]))
    await serve()
    put(...Array.from({ length: mostTracks + 5 }, (_, i) => ({ room: `r${i}`, mean: 40, minute: 0 })))
    await looked(() => lines().some(line => line.includes('MR534')))
    await time.advance(5_000)
    expect(lines().filter(line => line.includes('MR534'))).toEqual(['warn MR534 thresholds of some keys are not evaluated'])
    expect(await alerts('?limit=100000')).toHaveLength(mostTracks)
  })

  it('follow a definition as it is made, edited, broken and mended', async () => {
    await serve()
    put({ room: 'a', mean: 29, minute: 0 })
    expect(await alerts()).toEqual([])
    await save('rooms', definition([hot]))
    await looked(async () => (await alerts()).length === 1)
    await save('rooms', definition([{ alerts: 'climate.mean', below: 30 }]))
    await looked(async () => (await alerts())[0]?.below === 30)
    await save('rooms', '{ "title": "Rooms", "panles": [] }')
    await looked(() => lines().some(line => line.includes('panels: is not')))
    // A slip in an edit must not silence alerts.
    expect(await alerts()).toMatchObject([{ below: 30, state: 'firing' }])
    expect(lines().filter(line => line.includes('MR530'))).toEqual([
      expect.stringMatching(/own\/rooms\.json:1:21: panles: unknown key "panles"$/),
      expect.stringMatching(/own\/rooms\.json:1:1: panels: is not a list$/),
    ])
    await save('rooms', definition([hot, { line: 'climate.maen' }]))
    await looked(async () => (await alerts())[0]?.above === 28)
    expect(lines().filter(line => line.includes('MR533'))).toEqual([
      'warn MR533 dashboard of rooms: panels[1].line: "maen" is not a numeric column of climate',
    ])
    await rm(join(folder, 'own', 'rooms.json'))
    await looked(async () => (await alerts()).length === 0)
  })
})

describe('definitions over HTTP', () => {
  it('name all their problems at once, each with its place', async () => {
    await save('plant', '{ "title": "Plant",\n  "panels": [ { "lin": "a.b" }, { "line": "a" } ] }')
    await save('text', '{ "title": "Plant", }')
    await save('huge', `"${'x'.repeat(256 * 1024)}"`)
    await save('many', definition(Array.from({ length: 1_000 }, () => ({ graph: 'rooms' }))))
    await mkdir(join(folder, 'own', 'folder.json'))
    await serve()
    expect(await json('dashboards')).toEqual(['huge', 'many', 'plant', 'text'])
    const response = await get('dashboards/plant.json')
    expect([response.status, response.headers.get('content-type')]).toEqual([422, 'application/problem+json; charset=utf-8'])
    expect(await response.json()).toMatchObject({
      code: 'MR530',
      detail: 'dashboards/plant.json: 2 problems',
      problems: [
        { at: 'panels[0]', hint: 'did you mean "line"?', line: 2, column: 15 },
        { at: 'panels[1].line', hint: 'write it as "view.column"', line: 2, column: 35 },
      ],
    })
    expect(await json('dashboards/text.json')).toMatchObject({ code: 'MR531', status: 422, problems: [{ line: 1, column: 21 }] })
    expect(await json('dashboards/huge.json')).toMatchObject({ code: 'MR532', status: 422, problems: [] })
    expect(await json('dashboards/many.json')).toMatchObject({ problems: [{ at: 'panels', message: 'has 1000 panels' }] })
    expect(await json('dashboards/plan.json')).toMatchObject({ code: 'MR510', hint: "did you mean 'plant'?" })
    await looked(() => lines().filter(line => / MR53[012] /.test(line)).length === 5)
  })

  it('of the folder given go before those that came with the page', async () => {
    await save('rooms', definition([hot]))
    await writeFile(join(folder, 'page', 'dashboards', 'rooms.json'), definition([]))
    await writeFile(join(folder, 'page', 'dashboards', 'demo.json'), definition([]))
    await writeFile(join(folder, 'page', 'dashboards', 'index.json'), '["rooms", "demo"]')
    await serve()
    expect(await json('dashboards')).toEqual(['demo', 'rooms'])
    expect(await json('dashboards/rooms.json')).toMatchObject({ panels: [hot] })
  })

  it('beyond 200 in a folder are left out: MR535, said once', async () => {
    await Promise.all(Array.from({ length: 201 }, (_, i) => save(`d${String(i).padStart(3, '0')}`, definition([]))))
    await serve()
    expect(await json('dashboards')).toHaveLength(200)
    await time.advance(2_000)
    expect(lines().filter(line => line.includes('MR535'))).toHaveLength(1)
  })
})
