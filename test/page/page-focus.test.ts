import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { hasChromium, visit } from './browser.js'
import { type FeedPage, openFeedPage } from './feed-page.js'
import { FeedServer } from './feed-server.js'

/** Whether the element that had the focus when `hold` was called has it still, and is on the page. */
const holds = (page: Page): Promise<boolean> => page.evaluate('window.held === document.activeElement && window.held.isConnected')
const hold = (page: Page): Promise<void> => page.evaluate('{ window.held = document.activeElement }')
const focused = (page: Page): Promise<string> =>
  page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()")

describe.skipIf(!hasChromium)('the focus stays where it is', () => {
  let site: FeedPage
  let server: FeedServer
  let url: string
  beforeAll(async () => {
    site = await openFeedPage()
  })
  beforeEach(async () => {
    await server?.close()
    server = new FeedServer(site.folder)
    url = await server.listen()
  })
  afterAll(async () => {
    await server?.close()
    await site?.close()
  })

  test('on a job that was chosen', async () => {
    const { page, close } = await visit(site.browser, url)
    await page.locator('.plot canvas').first().waitFor()
    await page.getByRole('link', { name: 'thermostat' }).focus()
    await hold(page)
    await page.keyboard.press('Enter')
    await page.locator('nav [aria-current=page]', { hasText: 'thermostat' }).waitFor()
    await page.locator('.device', { hasText: 'kitchen' }).waitFor()
    expect(await holds(page)).toBe(true)
    expect(await page.locator('nav [aria-current=page]').count()).toBe(1)
    await close()
  })

  test('on the key of a demo that does the opposite next', async () => {
    const { page, close } = await visit(site.browser, url)
    await page.getByRole('button', { name: /^pause/ }).focus()
    await hold(page)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^go on/ }).waitFor()
    expect(await holds(page)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^pause/ }).waitFor()
    expect(server.posted.map(({ path }) => path)).toEqual(['/api/v1/demo/pause', '/api/v1/demo/resume'])
    await close()
  })

  test('on a figure that moves, and on reasons that name one', async () => {
    const { page, close } = await visit(site.browser, `${url}#thermostat`)
    const summary = page.locator('.promise summary')
    await summary.focus()
    await page.keyboard.press('Enter')
    await hold(page)
    const reasons = page.locator('.promise li')
    const before = await reasons.last().textContent()
    server.advance()
    await until('other figures', async () => (await reasons.last().textContent()) !== before)
    expect(await holds(page)).toBe(true)
    await close()

    const other = await visit(site.browser, url)
    const late = other.page.locator('.fate a').first()
    await late.focus()
    await hold(other.page)
    const figure = await late.textContent()
    await until('more late rows', async () => {
      server.feed.beLate()
      server.advance()
      return (await late.textContent()) !== figure
    })
    expect(await holds(other.page)).toBe(true)
    await other.close()
  })

  test('on a dead letter above which others come', async () => {
    const { page, close } = await visit(site.browser, url)
    const button = page.getByRole('button', { name: /^Bytes of MR201/ }).first()
    await button.focus()
    await hold(page)
    const rows = page.locator('.dead-letters tbody tr:not(.bytes-row)')
    const before = await rows.first().textContent()
    server.feed.refuse()
    server.advance()
    await until('another letter', async () => (await rows.first().textContent()) !== before)
    expect(await holds(page), await focused(page)).toBe(true)
    await close()
  })

  test('on a series that was picked', async () => {
    const { page, close } = await visit(site.browser, `${url}#max-temperature`)
    await page.locator('.plot canvas').first().waitFor()
    await page.locator('.picker summary').click()
    await page.locator('.picks input:checked').first().focus()
    await hold(page)
    for (const shown of ['7 of 40', '8 of 40']) {
      await page.keyboard.press('Space')
      await page.locator('.picker summary', { hasText: shown }).waitFor()
      expect(await holds(page), shown).toBe(true)
    }
    await close()
  })
})
