import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { hasChromium, visit } from './browser.js'
import { type FeedPage, openFeedPage } from './feed-page.js'
import { FeedServer } from './feed-server.js'

/** A text of the first chart, with the size of its type in CSS pixels. */
interface Word {
  readonly text: string
  readonly size: number
  /** Where it is anchored, in CSS pixels. */
  readonly x: number
  /** Where it begins and ends, in CSS pixels. */
  readonly left: number
  readonly right: number
}

/** What the first chart writes in its next picture, that one alone: another may have another margin. */
const written = async (page: Page, change: () => void): Promise<readonly Word[]> => {
  await page.evaluate(`{
    window.written = []
    const canvas = document.querySelector('.chart canvas')
    const { clearRect, fillText } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      if (this.canvas === canvas) window.written = []
      clearRect.apply(this, box)
    }
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      const size = parseFloat(/([\\d.]+)px/.exec(this.font)[1]) / devicePixelRatio
      const x = place[0] / devicePixelRatio
      const width = this.measureText(text).width / devicePixelRatio
      const left = x - width * ({ right: 1, center: 0.5 }[this.textAlign] ?? 0)
      if (this.canvas === canvas) window.written.push({ text, size, x, left, right: left + width })
      fillText.call(this, text, ...place)
    }
  }`)
  return until('a picture', async () => {
    change()
    const words = await page.evaluate<readonly Word[]>('window.written')
    return words.length > 0 ? words : undefined
  })
}
const isTime = ({ text }: Word): boolean => /^\d\d:\d\d$/.test(text)

describe.skipIf(!hasChromium)('what charts say', () => {
  let site: FeedPage
  let old: FeedServer
  let oldUrl: string

  beforeAll(async () => {
    site = await openFeedPage()
    old = new FeedServer(site.folder, 21 * 86_400_000)
    oldUrl = await old.listen()
  })
  afterAll(async () => {
    await old?.close()
    await site?.close()
  })

  test.each([1, 2, 3])('the axis is as large on a screen of %d pixels a point as on any', async deviceScaleFactor => {
    const { page, close } = await visit(site.browser, site.url, { deviceScaleFactor })
    await page.locator('.plot canvas').first().waitFor()
    const times = (await written(page, () => site.server.advance())).filter(isTime)
    expect(times.length).toBeGreaterThan(0)
    for (const { text, size } of times) expect(size, text).toBeCloseTo(12)
    await close()
  })

  test('no time stands so far left that it touches the lowest value, whatever the range', async () => {
    const server = new FeedServer(site.folder)
    const { page, close } = await visit(site.browser, await server.listen())
    await page.locator('.plot canvas').first().waitFor()
    const ranges = page.locator('.chart').first().locator('.ranges button')
    for (const range of await ranges.all()) {
      await range.click()
      // The axis moves below its times: at some step of it each stands nearly everywhere.
      for (let step = 0; step < 6; step++) {
        const words = await written(page, () => server.advance())
        const values = words.filter(({ text }) => text.endsWith('°')).map(({ x }) => x)
        const times = words.filter(isTime).map(({ x }) => x)
        expect(times.length).toBeGreaterThan(0)
        // Values end 8 pixels left of the plot; half of a time is 16 wide.
        expect(Math.min(...times) - 16).toBeGreaterThanOrEqual(Math.max(...values) + 8)
      }
    }
    await close()
    await server.close()
  })

  test('a device that leaps stays within its card from the first picture on', async () => {
    const server = new FeedServer(site.folder)
    const { page, close } = await visit(site.browser, await server.listen())
    await page.locator('.device', { hasText: 'mote 2' }).waitFor()
    await page.evaluate(`{
      window.heights = []
      const look = ({ target }) => window.heights.push(...[...target.getAttribute('d').matchAll(/[ML][\\d.]+ (-?[\\d.]+)/g)].map(([, y]) => Number(y)))
      new MutationObserver(changes => changes.forEach(look)).observe(document.body, { subtree: true, attributeFilter: ['d'] })
    }`)
    await page.locator('.device').first().scrollIntoViewIfNeeded()
    for (const heat of [40, 80, 120]) {
      server.feed.heat = heat
      server.advance()
      await page.locator('.device', { hasText: new RegExp(`mote 2.*${heat + 27}\\.`) }).waitFor()
    }
    const heights = await page.evaluate<readonly number[]>('window.heights')
    expect(heights.length).toBeGreaterThan(100)
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0)
    await close()
    await server.close()
  })

  test.each([
    ['a desk', { width: 1280, height: 900 }],
    ['a phone', { width: 390, height: 844 }],
  ])('a number is written whole, however large it is, on %s', async (_, viewport) => {
    const server = new FeedServer(site.folder)
    const { page, close } = await visit(site.browser, await server.listen(), { viewport })
    await page.locator('.plot canvas').first().waitFor()
    server.feed.heat = 1.0036e12
    const wide = async (): Promise<readonly Word[]> =>
      (await written(page, () => server.advance())).filter(({ text }) => text.includes('×10¹²'))
    const words = await until('large numbers', async () => {
      const found = await wide()
      return found.some(({ text }) => text === '1.004×10¹²') ? found : undefined
    })
    const width = await page
      .locator('.chart canvas')
      .first()
      .evaluate(canvas => canvas.clientWidth)
    for (const { text, left, right } of words) {
      expect(left, text).toBeGreaterThanOrEqual(0)
      expect(right, text).toBeLessThanOrEqual(width)
    }
    await close()
    await server.close()
  })

  test('a page that stays open past midnight says of which day its letters are', async () => {
    const server = new FeedServer(site.folder)
    const { page, close } = await visit(site.browser, await server.listen())
    const first = page.locator('.dead-letters tbody tr').first().locator('td').first()
    await first.filter({ hasText: /^14:39:27$/ }).waitFor()
    server.feed.still = 10 * 3_600_000
    server.advance()
    await first.filter({ hasText: /^2010-05-10 14:39:27$/ }).waitFor()
    await close()
    await server.close()
  })

  test('the day stands under the axis only where it is another one than the clock’s; the cursor says it, too', async () => {
    const today = await visit(site.browser, site.url)
    await today.page.locator('.plot canvas').first().waitFor()
    const words = await written(today.page, () => site.server.advance())
    expect(words.filter(({ text }) => /May/.test(text))).toEqual([])
    await today.close()

    const { page, close } = await visit(site.browser, oldUrl)
    await page.locator('.plot canvas').first().waitFor()
    expect((await written(page, () => old.advance())).some(({ text }) => text === '10 May')).toBe(true)
    await page.locator('.plot').first().focus()
    await page.keyboard.press('End')
    await page
      .locator('.readout', { hasText: /^2010-05-10 \d\d:\d\d–\d\d:\d\d/ })
      .first()
      .waitFor()
    await page.locator('.chart').first().getByRole('button', { name: 'Table' }).click()
    await page
      .locator('.table-view tbody th', { hasText: /^2010-05-10 \d\d:\d\d–\d\d:\d\d/ })
      .first()
      .waitFor()
    await close()
  })
})
