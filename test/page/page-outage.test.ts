import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StartedDemo } from '../demo/started-demo.js'
import { until } from '../support/until.js'
import { hasChromium, launch, visit } from './browser.js'
import { CuttableProxy } from './cuttable-proxy.js'

/** Real ms without a connection; `MILLRACE_AWAY_SECONDS=60` is the disconnect that is promised. */
const awayMs = Number(process.env['MILLRACE_AWAY_SECONDS'] ?? 4) * 1000

/** The chart of the whole history as a table: by minute, the cells of each mote; minutes that are open are left out. */
const readTable = async (page: Page): Promise<ReadonlyMap<string, readonly string[]>> => {
  const lines = await page
    .locator('.chart')
    .first()
    .locator('.table-view tbody tr')
    .evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent ?? '')))
  const closed = lines.filter(([time]) => !time!.endsWith(' open'))
  // A minute that came twice would be two lines.
  expect(new Set(closed.map(([time]) => time)).size).toBe(closed.length)
  // By the end of its window, `13:17` of `13:16–13:17`; of another day than the clock's the date stands before it.
  return new Map(closed.map(([time, ...cells]) => [time!.slice(-5), cells]))
}

const openTable = async (page: Page): Promise<void> => {
  const chart = page.locator('.chart').first()
  await chart.locator('canvas').waitFor()
  await chart.getByRole('button', { name: 'all', exact: true }).click()
  await chart.getByRole('button', { name: 'Table', exact: true }).click()
  await chart.locator('.table-view tbody tr').first().waitFor()
}

/** The minutes that a table of the newest 120 lines still holds: older ones leave it, as many as the machine took time. */
const keptIn = (table: ReadonlyMap<string, readonly string[]>, before: ReadonlyMap<string, readonly string[]>): string[] => {
  const oldest = [...table.keys()].at(-1) ?? ''
  return [...before.keys()].filter(time => time >= oldest)
}

/** From now on hears all that the page says in a place: some of it stands there for a moment only. Gives what a pattern fits. */
const hear = async (page: Page, place: string): Promise<(pattern: RegExp) => Promise<string>> => {
  await page.evaluate(`{
    const said = ((window.said ??= {})['${place}'] = [])
    const look = () => {
      const words = document.querySelector('${place}')?.textContent ?? ''
      if (words !== said.at(-1)) said.push(words)
    }
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true })
  }`)
  return pattern =>
    until(`${place} says ${String(pattern)}`, async () =>
      (await page.evaluate<readonly string[]>(`window.said['${place}']`)).find(words => pattern.test(words)),
    )
}

/** Closed windows as the API has them, worded like the table: the end of the minute, and `mean (min–max)` by mote. */
const expectedTable = async (demo: StartedDemo): Promise<ReadonlyMap<string, readonly string[]>> => {
  const digits = (value: unknown): string => Number(value).toFixed(1)
  const minutes = new Map<string, string[]>()
  for (const row of await demo.rows('climate')) {
    const time = String(row['window_end']).slice(11, 16)
    const cells = minutes.get(time) ?? ['–', '–', '–', '–']
    minutes.set(time, cells)
    cells[Number(row['mote']) - 1] = `${digits(row['mean'])} (${digits(row['min'])}–${digits(row['max'])})`
  }
  return minutes
}

/** Every closed minute that both know says the same, and the page lacks none that the API had before it was asked. */
const expectSame = async (page: Page, demo: StartedDemo): Promise<ReadonlyMap<string, readonly string[]>> => {
  const shown = await until('the page to have what the API has', async () => {
    const expected = await expectedTable(demo)
    const table = await readTable(page)
    // A table shows the newest 120 lines.
    const oldest = [...table.keys()].at(-1) ?? ''
    const wanted = [...expected].filter(([time]) => time >= oldest)
    return wanted.every(([time, cells]) => cells.join() === table.get(time)?.join()) ? table : undefined
  })
  expect(shown.size).toBeGreaterThan(4)
  return shown
}

describe.skipIf(!hasChromium)('the page of the real demo over losses', () => {
  let browser: Browser
  let demo: StartedDemo

  beforeAll(async () => {
    // The rhythm of disturbances is the demo's own; two minutes of data a second.
    demo = await StartedDemo.start(['--speed', '120'])
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.remove()
  })

  test('kill −9 by a key: lost, recovered, went on; no result is lost or there twice', { timeout: 120_000 }, async () => {
    const { page, close } = await visit(browser, demo.url)
    let loads = 0
    page.on('load', () => loads++)
    await openTable(page)
    await until('some minutes', async () => (await readTable(page)).size > 6)
    const before = await expectSame(page, demo)
    const received = (await demo.job()).counts.received
    await page.locator('.demo-actions button').first().waitFor()
    const sentence = await hear(page, '#sentence')
    const state = await hear(page, '.demo-state')
    const outage = await hear(page, '#outage')
    await page.locator('body').press('k')
    await sentence(/^Killed on purpose \d+ s ago; the next process recovers/)
    await state(/killed on purpose/)
    await page.locator('.happening', { hasText: /Killed and recovered.*ended with SIGKILL/ }).waitFor()
    await outage(/killed on purpose, and the next one answered after .* The job recovered in .* Nothing lost: /)
    await page.locator('#sentence', { hasText: 'Running' }).waitFor()
    // It goes on by itself.
    const newest = [...before.keys()][0]!
    await until('new minutes', async () => [...(await readTable(page)).keys()][0]! > newest)
    const after = await expectSame(page, demo)
    for (const time of keptIn(after, before)) expect(after.get(time), time).toEqual(before.get(time))
    expect((await demo.job()).counts.received).toBeGreaterThan(received)
    await page.locator('.demo', { hasText: /none lost, none twice, none changed/ }).waitFor()
    expect(loads).toBe(0)
    await close()
  })

  test('a connection that is away, and a refresh: every minute is there once', { timeout: 60_000 + 2 * awayMs }, async () => {
    const proxy = new CuttableProxy(Number(new URL(demo.url).port))
    const { page, close } = await visit(browser, await proxy.listen())
    await openTable(page)
    const before = await expectSame(page, demo)
    proxy.cut()
    await page.locator('#sentence', { hasText: 'Connection lost' }).waitFor()
    // Not a wait for something to become true: this is how long the connection is away.
    await page.waitForTimeout(awayMs)
    // What was shown stays.
    const cut = await readTable(page)
    expect([...cut.keys()]).toEqual(expect.arrayContaining(keptIn(cut, before)))
    proxy.mend()
    await page.locator('#outage', { hasText: 'Nothing lost' }).waitFor()
    const back = await expectSame(page, demo)
    expect([...back.keys()][0]! > [...before.keys()][0]!).toBe(true)
    for (const time of keptIn(back, before)) expect(back.get(time), time).toEqual(before.get(time))
    await page.reload()
    await openTable(page)
    const fresh = await expectSame(page, demo)
    for (const time of keptIn(fresh, back)) expect(fresh.get(time), time).toEqual(back.get(time))
    expect(fresh.size).toBeGreaterThanOrEqual(Math.min(back.size, 100))
    await close()
    await proxy.close()
  })
})
