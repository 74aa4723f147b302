import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { hasChromium, visit } from './browser.js'
import { type FeedPage, openFeedPage } from './feed-page.js'

/** How often each chart was painted, and the colours that a canvas was last told to draw its lines with. */
const watch = `{
  window.painted = []
  window.strokes = new Set()
  const { clearRect, stroke } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    const charts = [...document.querySelectorAll('.chart')]
    window.painted.push(charts.findIndex(chart => chart.contains(this.canvas)))
    clearRect.apply(this, box)
  }
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    window.strokes.add(this.strokeStyle)
    stroke.apply(this, path)
  }
}`

describe.skipIf(!hasChromium)('the page on paper', () => {
  let site: FeedPage
  beforeAll(async () => {
    site = await openFeedPage()
  })
  afterAll(() => site?.close())

  test('shows what is out of sight as it is now, light, and one column wide; then the screen is as before', async () => {
    const { page, faults, close } = await visit(site.browser, site.url, { viewport: { width: 1280, height: 500 }, colorScheme: 'dark' })
    await page.locator('.plot canvas').first().waitFor()
    const width = (): Promise<number> => page.evaluate("document.querySelector('.chart canvas').clientWidth")
    const before = await width()
    await page.evaluate(watch)
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    await until('all charts', async () => {
      const painted = await page.evaluate<readonly number[]>('window.painted')
      return painted.includes(0) && painted.includes(1)
    })
    // Light tokens, whatever the screen's scheme is.
    expect(await page.evaluate<string[]>('[...window.strokes]')).toContain('#0f6f8c')
    expect(await width()).toBeLessThanOrEqual(700)
    const spilt = await page.evaluate<string[]>(
      "[...document.querySelectorAll('main .card')].filter(part => part.getBoundingClientRect().width > 701).map(part => part.className)",
    )
    expect(spilt).toEqual([])
    expect(await page.locator('button:visible').count()).toBe(0)
    await page.locator('.device:visible', { hasText: 'mote 4' }).waitFor()
    await page.locator('.late-rows tbody tr:visible').first().waitFor()
    await page.emulateMedia({ colorScheme: 'dark', media: 'screen' })
    await page.evaluate("{ window.strokes.clear(); window.dispatchEvent(new Event('afterprint')) }")
    await until('the screen', async () => (await width()) === before)
    await until('dark lines', async () => (await page.evaluate<string[]>('[...window.strokes]')).includes('#56b9d6'))
    expect(faults).toEqual([])
    await close()
  })
})
