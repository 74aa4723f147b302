import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/http/create-server.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'
import { buildPage, hasChromium, launch, visit } from './browser.js'
import { CuttableProxy } from './cuttable-proxy.js'
import { hostileName } from './scripted-feed.js'
import { ScriptedHost } from './scripted-host.js'

describe.skipIf(!hasChromium)('the page on the real server', () => {
  let browser: Browser
  let server: Server
  let folder: string
  let definitions: string
  const host = new ScriptedHost()

  const start = (of = host): Promise<Server> => {
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    return createServer({ host: of, pageDir: folder, dashboards: definitions, bind, version: '0.0.0', time: systemTime, log: silentLog })
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-page-'))
    definitions = join(folder, 'own')
    await buildPage(folder)
    await mkdir(definitions)
    server = await start()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('shows every job, moves, and keeps its history over a refresh', async () => {
    const { page, faults, foreign, close } = await visit(browser, `${server.url}/`)
    const table = page.locator('.chart').first().locator('.table-view tbody tr')
    const open = async (): Promise<string[]> => {
      await page.locator('.chart').first().getByRole('button', { name: 'Table' }).click()
      await table.first().waitFor()
      return table.allInnerTexts()
    }
    await page.locator('#sentence', { hasText: 'Running 1,240 messages a second' }).waitFor()
    await page.locator('.plot canvas').first().waitFor()
    const before = await open()
    expect(before.length).toBeGreaterThan(35)
    for (let i = 0; i < 8; i++) host.advance()
    await expect.poll(async () => (await table.allInnerTexts())[0]).not.toBe(before[0])
    const moved = await table.allInnerTexts()
    await page.reload()
    await page.locator('.plot canvas').first().waitFor()
    expect(await open()).toEqual(moved)
    await page.getByRole('link', { name: 'thermostat' }).click()
    await page.locator('.device', { hasText: hostileName }).waitFor()
    expect(await page.title()).toBe('thermostat · Millrace')
    await page.getByRole('link', { name: 'max-temperature' }).click()
    await page.locator('.picker summary', { hasText: '8 of 40 series' }).waitFor()
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
    await close()
  })

  test('a page over data of long ago tells the ages of the job’s clock, before and after a refresh', async () => {
    const old = new ScriptedHost(21 * 86_400_000)
    const own = await start(old)
    const { page, faults, close } = await visit(browser, `${own.url}/`)
    const devices = page.locator('.device')
    const says = async (): Promise<readonly string[]> => (await devices.allInnerTexts()).map(text => text.replace(/\s+/g, ' ')).sort()
    const everything = (words: string) => until(words, async () => (await says()).join().includes(words))
    await devices.nth(3).waitFor()
    for (let i = 0; i < 4; i++) old.advance()
    await everything('now')
    expect(await page.locator('.device.quiet').count()).toBe(0)
    old.feed.quieten()
    for (let i = 0; i < 20; i++) old.advance()
    await everything('mote 3 5 min ago')
    // The clock may be told before the rows of the others are.
    await expect.poll(() => page.locator('.device.quiet').allInnerTexts()).toEqual([expect.stringMatching(/^mote 3[\s\S]*quiet for 5 min/)])
    const before = await says()
    await page.reload()
    await devices.nth(3).waitFor()
    expect(await says()).toEqual(before)
    expect(await page.locator('.device.quiet').count()).toBe(1)
    expect(faults).toEqual([])
    await close()
    await own.close()
  })

  test.each([
    ['a connection that is cut', false],
    ['another server in place of the first', true],
  ])('%s loses and repeats nothing, without a refresh', async (_, isOther) => {
    const proxy = new CuttableProxy(server.port)
    const { page, close } = await visit(browser, await proxy.listen())
    const rows = page.locator('.chart').first().locator('.table-view tbody tr')
    const table = async (of: Page): Promise<string[]> => {
      await of.locator('.plot canvas').first().waitFor()
      await of.locator('.chart').first().getByRole('button', { name: 'Table' }).click()
      await of.locator('.chart').first().locator('.table-view tbody tr').first().waitFor()
      return of.locator('.chart').first().locator('.table-view tbody tr').allInnerTexts()
    }
    const before = await table(page)
    let loads = 0
    page.on('load', () => loads++)
    proxy.cut()
    await page.locator('#sentence', { hasText: 'Connection lost' }).waitFor()
    for (let i = 0; i < 12; i++) host.advance()
    if (isOther) {
      const next = await start()
      await server.close()
      server = next
    }
    proxy.mend(server.port)
    await page.locator('#outage', { hasText: 'The connection was lost and is back after' }).waitFor()
    await page.locator('#outage', { hasText: 'Nothing lost' }).waitFor()
    const fresh = await visit(browser, `${server.url}/`)
    const expected = await table(fresh.page)
    expect(expected[0]).not.toBe(before[0])
    await expect.poll(() => rows.allInnerTexts()).toEqual(expected)
    expect(loads).toBe(0)
    await fresh.close()
    await close()
    await proxy.close()
  })

  test('a job that was edited is shown as it is now, without a refresh', async () => {
    const { page, faults, close } = await visit(browser, `${server.url}/#thermostat`)
    await page.locator('.chart header p', { hasText: 'celsius' }).first().waitFor()
    host.rename('rooms', 'kelvin')
    await page.locator('.chart header p', { hasText: 'kelvin' }).first().waitFor()
    expect(await page.locator('.chart').count()).toBe(1)
    expect(faults).toEqual([])
    await close()
  })

  test('an edited dashboard is taken without a refresh, and says what is wrong with it', async () => {
    const { page, faults, close } = await visit(browser, `${server.url}/#mote-climate`, { viewport: { width: 1280, height: 600 } })
    const define = (text: string): Promise<void> => writeFile(join(definitions, 'mote-climate.json'), text)
    const chart = page.locator('.chart').first()
    await chart.locator('canvas').waitFor()
    let loads = 0
    page.on('load', () => loads++)
    await page.locator('.dead-letters').scrollIntoViewIfNeeded()
    const place = (): Promise<number> => page.evaluate('scrollY')
    expect(await place()).toBeGreaterThan(400)
    await define('{ "title": "Edited", "panels": [{ "line": "climate.mean", "title": "Warmth" }, { "graph": "mote-climate" }] }')
    await chart.locator('h2', { hasText: 'Warmth' }).waitFor()
    expect(await page.title()).toBe('Edited · Millrace')
    // The page has not jumped to its top.
    expect(await place()).toBeGreaterThan(100)
    // What was known is drawn at once: nothing is read again.
    await chart.scrollIntoViewIfNeeded()
    await chart.getByRole('button', { name: 'Table' }).click()
    await expect.poll(() => chart.locator('.table-view tbody tr').count()).toBeGreaterThan(35)
    expect(faults).toEqual([])
    await define('{ "title": "Edited", "panels": [{ "line": "climate.maen" }] }')
    await page.locator('.problems', { hasText: 'did you mean "mean"' }).waitFor()
    await rm(join(definitions, 'mote-climate.json'))
    await page.locator('.problems').waitFor({ state: 'detached' })
    expect(loads).toBe(0)
    await close()
  })

  test('serves the rows that the page links to', async () => {
    const { page, close } = await visit(browser, `${server.url}/`)
    const href = await page.locator('.chart .quiet-link').first().getAttribute('href')
    const text = await (await fetch(`${server.url}/${href}`)).text()
    expect(text.split(/\r?\n/)[0]).toContain('mote,mean,min,max')
    expect(text.split(/\r?\n/).length).toBeGreaterThan(100)
    await close()
  })
})
