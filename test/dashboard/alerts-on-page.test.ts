import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/http/create-server.js'
import { type ClimateRow, climateOutputs, fixtureHost, start } from '../../src/http/server-fixture.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import type { View } from '../../src/views/view.js'
import { buildPage, hasChromium, launch, phone, visit } from '../page/browser.js'
import { silentLog } from '../support/silent-log.js'

const limits = [
  { above: 28, level: 'warning', label: 'warm' },
  { above: 40, level: 'critical' },
]

describe.skipIf(!hasChromium)('alerts on the page', () => {
  let browser: Browser
  let server: Server
  let folder: string
  let climate: View
  // The job's clock stands a few minutes after its first window.
  const time = { ...systemTime, wall: () => start + 5 * 60_000 }
  const put = (...rows: readonly ClimateRow[]) => climate.apply(climateOutputs(rows))
  const define = (panels: readonly object[]): Promise<void> =>
    writeFile(join(folder, 'own', 'rooms.json'), JSON.stringify({ title: 'Rooms', panels }))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-alerts-'))
    await mkdir(join(folder, 'own'))
    await buildPage(join(folder, 'page'))
    browser = await launch()
  })
  const serve = async (panels: readonly object[]): Promise<void> => {
    await server?.close()
    await define(panels)
    const host = fixtureHost(time)
    climate = host.openClimate('rooms')
    server = await createServer({
      host,
      pageDir: join(folder, 'page'),
      dashboards: join(folder, 'own'),
      bind: { host: '127.0.0.1', port: 0, portNamed: false },
      version: '0.0.0',
      time,
      log: silentLog,
    })
  }
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('fire, are acknowledged with the keyboard, and are over; a screen reader is told', async () => {
    await serve([{ line: 'climate.mean', thresholds: limits }])
    put({ room: 'a', mean: 20, minute: 0 })
    const { page, faults, close } = await visit(browser, `${server.url}/`)
    const section = page.getByRole('region', { name: 'Alerts' })
    await section.getByText('None. Nothing is beyond its limit, and nothing was lately.').waitFor()
    put({ room: '<script>alert(1)</script>', mean: 29, minute: 1 }, { room: 'a', mean: 30, minute: 1 })
    const items = section.getByRole('listitem')
    await items.nth(1).waitFor()
    const text = (await items.allInnerTexts()).map(words => words.replaceAll('\n', ' '))
    expect(text.sort()).toEqual([
      '<script>alert(1)</script> warning: warm 29.0 °C, above 28 °C · firing for 3 min, since 12:02 Acknowledge',
      'a warning: warm 30.0 °C, above 28 °C · firing for 3 min, since 12:02 Acknowledge',
    ])
    const news = section.getByRole('status').filter({ hasText: 'Alert:' })
    await news.filter({ hasText: 'Alert: room a: 30 °C, above 28 °C since 12:02.' }).waitFor()

    const button = section.getByRole('button', { name: 'Acknowledge a: warm', exact: true })
    await button.focus()
    put({ room: 'a', mean: 33, minute: 2 })
    await items.filter({ hasText: 'warm 33.0 °C' }).waitFor()
    const focused = (): Promise<string> => page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")
    expect(await focused(), 'values change under the reader, the focus stays').toBe('Acknowledge a: warm')
    put({ room: 'b', mean: 50, minute: 2 })
    await items.nth(3).waitFor()
    expect(await items.first().getAttribute('class')).toBe('firing critical')
    expect(await focused(), 'the order changes, the focus stays').toBe('Acknowledge a: warm')
    await page.keyboard.press('Enter')
    await items.filter({ hasText: 'acknowledged at 12:05' }).waitFor()
    await section.getByText('4 firing (1 acknowledged).').waitFor()
    await page.reload()
    await items.filter({ hasText: 'acknowledged at 12:05' }).waitFor()

    put({ room: 'a', mean: 20, minute: 3 }, { room: 'b', mean: 20, minute: 3 })
    const over = items.filter({ hasText: 'over: above 28 °C · 12:02–12:04 · up to 33.0 °C' })
    await over.waitFor()
    expect(await over.getAttribute('class')).toBe('resolved warning seen')
    expect(await over.getByRole('button').count()).toBe(0)
    await section.getByRole('status').filter({ hasText: 'Over: room b' }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('of many keys are shown a few at first, and pass axe in light and dark, on a desk and on a phone', async () => {
    await serve([{ line: 'climate.mean', thresholds: limits }])
    put(...Array.from({ length: 12 }, (_, i) => ({ room: `room ${i}`, mean: 30 + i, minute: 0, final: i !== 3 })))
    put({ room: 'room 0', mean: 20, minute: 1 })
    for (const options of [{}, { colorScheme: 'dark' as const }, { ...phone, colorScheme: 'dark' as const }]) {
      const { page, faults, close } = await visit(browser, `${server.url}/`, options)
      const section = page.getByRole('region', { name: 'Alerts' })
      await section.getByRole('button', { name: 'Show 8 more alerts' }).click()
      const items = section.getByRole('listitem')
      await items.nth(12).waitFor()
      expect(await items.count()).toBe(13)
      expect(await section.locator('.pending').innerText()).toContain('fires if it lasts')
      expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
      const shots = process.env['MILLRACE_SHOTS']
      if (shots) await page.screenshot({ path: join(shots, `alerts-${Object.keys(options).join('-')}.png`), fullPage: true })
      await section.getByRole('button', { name: 'Show the first only' }).click()
      await expect.poll(() => items.count()).toBe(5)
      expect(faults).toEqual([])
      await close()
    }
  })

  test('of a definition that needs a hand: each problem is said, what fits is shown', async () => {
    await serve([{ line: 'climate.mean', thresholds: limits }, { line: 'climate.maen' }, { multiples: 'climat.mean' }])
    put({ room: 'a', mean: 50, minute: 0 })
    const { page, close } = await visit(browser, `${server.url}/`)
    const problems = page.getByRole('region', { name: 'Dashboard definition' }).getByRole('listitem')
    await problems.first().waitFor()
    expect(await problems.allInnerTexts()).toEqual([
      'rooms.json: panels[1].line: "maen" is not a numeric column of climate (did you mean "mean"?)',
      'rooms.json: panels[2].multiples: "climat" is not a view (did you mean "climate"?)',
    ])
    await page.locator('.plot canvas').first().waitFor()
    await page.getByRole('region', { name: 'Alerts' }).getByRole('listitem').first().waitFor()
    await define([{ lin: 'climate.mean' }, { line: 'climate' }])
    await page.reload()
    await expect
      .poll(() => problems.allInnerTexts())
      .toEqual([
        'rooms.json: panels[0]: no kind of panel is named (did you mean "line"?)',
        'rooms.json: panels[1].line: "climate" does not name a column (write it as "view.column")',
      ])
    // A page derived from the views stands in for it.
    await page.locator('.plot canvas').first().waitFor()
    await close()
  })
})
